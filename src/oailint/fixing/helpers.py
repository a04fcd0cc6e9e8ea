"""Where the backoff helper of a file is: found, or to be written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from oailint import backoff
from oailint.fixing.places import Places
from oailint.fixing.workspace import Sheets
from oailint.syntax.verbs.splices import Refused
from oailint.syntax.verbs.wanted import Wanted, parse

if TYPE_CHECKING:
    from oailint.syntax.verbs.bindings import Bindings
    from oailint.syntax.verbs.tree import Node, Tree

MODULE = "_backoff.py"
_DOCSTRING = '"""Backoff for requests to OpenAI."""\n'
_DEFINED = re.compile(r"^(?:(?:async )?def |class )?(\w+)", re.MULTILINE)
"""What a helper defines: the first word of a line that is not indented."""
_BASE = {"sync": "with_backoff", "async": "with_backoff_async"}


class Written(Struct, frozen=True, order=True):
    """A helper that is to be written: into the file that uses it (``is_inline``) or into a module of its own.

    ``kind`` is ``sync``, ``async`` or ``limited``, which is the same for each ``api``, and has none.
    """

    path: str
    is_inline: bool
    kind: str
    api: str


class Use(Struct, frozen=True):
    """How a file calls its helper: under which name, with which import, and what is to be written for it."""

    name: str
    imported: Wanted | None = None
    written: Written | None = None


class Helpers:
    """Answers for the files of one workspace, as they are in one round."""

    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets
        self._workspace = sheets.workspace
        self._places = Places(sheets)

    def use(self, path: str, kind: str, api: str, node: Node) -> Use:
        """The helper for the code at ``node``; ``kind`` is ``sync`` or ``async``. Raises Refused."""
        found = self._present(path, kind, api, node)
        if found is not None:
            return found
        module = self._module(path)
        if module is None:
            self._check_single(path, kind, api)
            return Use(self._inline(path, api, (kind,)).names[kind], written=Written(path, True, kind, api))
        return self._from_module(path, module, kind, api, node)

    # --- what is there --------------------------------------------------------------------------

    def _present(self, path: str, kind: str, api: str, node: Node) -> Use | None:
        """A helper that the file defines or imports already."""
        from oailint.syntax.verbs.helpers import defined

        tree, bindings = self._sheets.tree(path), self._sheets.bindings(path)
        own = defined(tree).get(kind)
        if own is not None and _api(tree.text) == api:
            if not bindings.is_visible(own, node):
                raise Refused(f"`{own}` means something else here")
            return Use(own)
        for dotted in bindings.imports_ending(_BASE[kind]):
            where = self._places.resolve(path, dotted.rpartition(".")[0])
            if where is None:
                continue
            there = self._sheets.tree(where)
            name = bindings.spelling(dotted, node)
            if defined(there).get(kind) == dotted.rpartition(".")[2] and _api(there.text) == api and name:
                return Use(name)
        return None

    # --- a module of its own --------------------------------------------------------------------

    def _module(self, path: str) -> tuple[str, str] | None:
        """The path and the dotted name of the module for the helper of a file; None if it goes into the file."""
        if self._workspace.helper:
            dotted = self._workspace.helper.partition(":")[0]
            return self._configured_path(dotted), dotted
        return self._places.module(path, MODULE)

    def _configured_path(self, dotted: str) -> str:
        known = self._places.resolve("", dotted)
        if known is not None:
            return known
        folder, stem = "/".join(dotted.split(".")[:-1]), dotted.split(".")[-1]
        roots = ["" if root in (".", "") else root.rstrip("/") + "/" for root in self._workspace.roots]
        for root in roots:
            if any(path.startswith(f"{root}{folder}/") for path in self._workspace.files) or not folder:
                return "/".join(part for part in (f"{root}{folder}".rstrip("/"), f"{stem}.py") if part)
        raise Refused(f"the package of the configured helper `{self._workspace.helper}` is not in the project")

    def _names(self) -> dict[str, str]:
        """What a module of its own calls the functions."""
        name = self._workspace.helper.partition(":")[2]
        return {"sync": name, "async": f"{name}_async"} if name else _BASE

    def _from_module(self, path: str, module: tuple[str, str], kind: str, api: str, node: Node) -> Use:
        where, dotted = module
        name = self._names()[kind]
        written = None
        if self._workspace.text(where) is None:
            if not self._workspace.may_create:
                raise Refused(f"it takes a new file {self._workspace.shown(where)}, and no file is written in this run")
            written = Written(where, False, kind, api)
        elif not self._has(where, name):
            self.extended(where, {kind}, api)  # raises if that cannot be done
            written = Written(where, False, kind, api)
        elif _api(self._sheets.tree(where).text) != api and not self._workspace.helper:
            raise Refused(f"the helper in {self._workspace.shown(where)} is for another version of the SDK")
        if where == path:
            return Use(name, written=written)
        wanted = self._places.import_of(path, where, dotted, name)
        bindings = self._sheets.bindings(path)
        known = bindings.spelling(wanted.dotted, node)
        if known is not None:
            return Use(known, written=written)
        local = bindings.free_name(name, wanted.dotted, node)
        return Use(local, Wanted(wanted.module, name, "" if local == name else local), written)

    def _has(self, where: str, name: str) -> bool:
        from oailint.syntax.verbs.helpers import defined, functions

        tree = self._sheets.tree(where)
        return name in (functions(tree) if self._workspace.helper else set(defined(tree).values()))

    # --- texts ----------------------------------------------------------------------------------

    def module_text(self, kinds: Iterable[str], api: str, newline: str = "\n", form: str = "") -> str:
        """A module that holds the helper of these ``kinds``."""
        helper = _render(form or self._workspace.form(), kinds, api, frozenset())
        body = helper.body
        for kind, name in helper.names.items():
            body = _renamed(body, name, self._names()[kind])
        return module_of(_DOCSTRING, helper.imports, body, newline)

    def extended(self, where: str, kinds: Iterable[str], api: str) -> str:
        """The text of the helper's module ``where`` with the missing ``kinds`` added. Raises Refused."""
        text = self._workspace.text(where) or ""
        names = self._names()
        present = {kind for kind in names if self._has(where, names[kind])}
        if not present:
            raise Refused(f"{self._workspace.shown(where)} is there already, and holds no helper")
        self._sheets.check_editable(where)
        newline = self._sheets.tree(where).newline
        for form in backoff.FORMS:
            if self.module_text(present, api, newline, form) == text:
                return self.module_text({*present, *kinds}, api, newline, form)
        missing = ", ".join(names[kind] for kind in sorted(kinds))
        raise Refused(f"{self._workspace.shown(where)} lacks `{missing}`, and is not as oailint wrote it")

    def _check_single(self, path: str, kind: str, api: str) -> None:
        """One file has the helper for one version of the SDK."""
        from oailint.syntax.verbs.helpers import defined

        tree = self._sheets.tree(path)
        if defined(tree) and _api(tree.text) != api:
            raise Refused("the helper in this file is for another version of the SDK")

    def _inline(self, path: str, api: str, kinds: Iterable[str]) -> backoff.Helper:
        """The helper with names that are free in the file."""
        form = self._workspace.form()
        plain = _render(form, kinds, api, frozenset())
        return _render(form, kinds, api, taken(self._sheets.bindings(path), plain))

    def inline(
        self, path: str, kinds: set[str], api: str, first: int
    ) -> tuple[list[Wanted], str, tuple[int, int] | None]:
        """What a file gets for the helpers of ``kinds``, for code that begins at ``first``: imports, definitions, and
        the range of present definitions that these replace, if it has the other kind already."""
        from oailint.syntax.verbs.helpers import defined

        tree = self._sheets.tree(path)
        present = set(defined(tree))
        for form in backoff.FORMS if present else ():
            old = _laid_out(_render(form, present, api, frozenset()).body, tree)
            at = tree.text.find(old)
            if at >= 0:
                both = _render(form, {*present, *kinds}, api, frozenset())
                imports = missing(self._sheets.bindings(path), both.imports, first)
                return imports, _laid_out(both.body, tree), (at, at + len(old))
        helper = self._inline(path, api, kinds)
        return missing(self._sheets.bindings(path), helper.imports, first), helper.body, None


def taken(bindings: Bindings, helper: backoff.Helper) -> frozenset[str]:
    """The names that a file has for something else than the ``helper`` would, were it written there."""
    others = {name for name, found in bindings.module_names.items() if any(not one.dotted for one in found)}
    others |= {name for name in _DEFINED.findall(helper.body) if name in bindings.module_names}
    for line in helper.imports:
        others |= {one.bound for one in parse(line) if not bindings.may_bind(one.bound, one.dotted)}
    return frozenset(others)


def missing(bindings: Bindings, statements: Iterable[str], first: int) -> list[Wanted]:
    """The imports of ``statements`` that a file does not have under the same name when the code at ``first`` runs."""
    imports = [one for line in statements for one in parse(line)]
    return [one for one in imports if not bindings.binds(one.bound, one.dotted, first)]


def module_of(docstring: str, statements: Iterable[str], body: str, newline: str) -> str:
    """A module of a docstring, imports and definitions."""
    from oailint.syntax.verbs.head import added
    from oailint.syntax.verbs.splices import apply
    from oailint.syntax.verbs.tree import Tree

    imports = [one for line in statements for one in parse(line)]
    text = apply(docstring, [added(Tree(docstring), imports, (), body, len(docstring), ())])
    return text.replace("\n", newline)


def _render(form: str, kinds: Iterable[str], api: str, taken: frozenset[str]) -> backoff.Helper:
    wanted = set(kinds)
    return backoff.render(form, sync="sync" in wanted, asynchronous="async" in wanted, api=api, taken=taken)


def _laid_out(body: str, tree: Tree) -> str:
    from oailint.syntax.verbs.head import indented

    return indented(body, tree.indent).replace("\n", tree.newline)


def _renamed(body: str, name: str, new: str) -> str:
    return body if name == new else re.sub(rf"\b{name}\b", new, body)


def _api(text: str) -> str:
    """The SDK that a helper is for: 0.x keeps its errors in a module of their own."""
    return "v0" if "openai.error" in text else "v1"
