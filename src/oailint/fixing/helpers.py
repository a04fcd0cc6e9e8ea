"""Where the backoff helper of a file is: found, or to be written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oailint import backoff
from oailint.fixing.workspace import Sheets
from oailint.syntax.verbs.splices import Refused
from oailint.syntax.verbs.wanted import Wanted, parse

if TYPE_CHECKING:
    from oailint.syntax.verbs.tree import Node, Tree

MODULE = "_backoff.py"
_DOCSTRING = '"""Backoff for requests to OpenAI."""\n'
_DEFINED = re.compile(r"^(?:(?:async )?def |class )?(\w+)", re.MULTILINE)
"""What a helper defines: the first word of a line that is not indented."""
_BASE = {"sync": "with_backoff", "async": "with_backoff_async"}


@dataclass(frozen=True, order=True)
class Written:
    """A helper that is to be written: into the file that uses it (``is_inline``) or into a module of its own."""

    path: str
    is_inline: bool
    kind: str
    api: str


@dataclass(frozen=True)
class Use:
    """How a file calls its helper: under which name, with which import, and what is to be written for it."""

    name: str
    imported: Wanted | None = None
    written: Written | None = None


class Helpers:
    """Answers for the files of one workspace, as they are in one round."""

    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets
        self._workspace = sheets.workspace

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
            where = self._resolve(path, dotted.rpartition(".")[0])
            if where is None:
                continue
            there = self._sheets.tree(where)
            name = bindings.spelling(dotted, node)
            if defined(there).get(kind) == dotted.rpartition(".")[2] and _api(there.text) == api and name:
                return Use(name)
        return None

    def _resolve(self, path: str, module: str) -> str | None:
        """The file of the project that ``module`` means in the file ``path``."""
        name = module.lstrip(".")
        level = len(module) - len(name)
        folder = path.rpartition("/")[0]
        if level:
            parts = folder.split("/") if folder else []
            bases = ["/".join(parts[: len(parts) - level + 1])]
        else:
            bases = [*("" if root in (".", "") else root.rstrip("/") for root in self._workspace.roots), folder]
        for base in bases:
            stem = "/".join(part for part in (base, *name.split(".")) if part)
            for candidate in (f"{stem}.py", f"{stem}/__init__.py"):
                if candidate in self._workspace.files:
                    return candidate
        return None

    # --- a module of its own --------------------------------------------------------------------

    def _module(self, path: str) -> tuple[str, str] | None:
        """The path and the dotted name of the module for the helper of a file; None if it goes into the file."""
        if self._workspace.helper:
            dotted = self._workspace.helper.partition(":")[0]
            return self._configured_path(dotted), dotted
        top = self._top_package(path)
        if top is None or self._is_script_like(path):
            return None
        name = top.rpartition("/")[2] or self._workspace.package
        return "/".join(part for part in (top, MODULE) if part), f"{name}.{MODULE.removesuffix('.py')}"

    def _configured_path(self, dotted: str) -> str:
        known = self._resolve("", dotted)
        if known is not None:
            return known
        folder, stem = "/".join(dotted.split(".")[:-1]), dotted.split(".")[-1]
        roots = ["" if root in (".", "") else root.rstrip("/") + "/" for root in self._workspace.roots]
        for root in roots:
            if any(path.startswith(f"{root}{folder}/") for path in self._workspace.files) or not folder:
                return "/".join(part for part in (f"{root}{folder}".rstrip("/"), f"{stem}.py") if part)
        raise Refused(f"the package of the configured helper `{self._workspace.helper}` is not in the project")

    def _top_package(self, path: str) -> str | None:
        """The folder of the top package that a file is in; empty where that is the project's own folder."""
        folder, top = path.rpartition("/")[0], None
        while folder and f"{folder}/__init__.py" in self._workspace.files:
            folder, top = folder.rpartition("/")[0], folder
        return "" if not folder and self._workspace.package else top

    def _is_script_like(self, path: str) -> bool:
        """Whether a file in a package imports its neighbours as if the package were none: it runs as a script."""
        folder = path.rpartition("/")[0]
        for bindings in self._sheets.bindings(path).module_names.values():
            for one in bindings:
                top = one.dotted.split(".")[0]
                if top and f"{folder}/{top}.py" in self._workspace.files and self._resolve("", top) is None:
                    return True
        return False

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
        wanted = self._import(path, where, dotted, name)
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

    def _import(self, path: str, where: str, dotted: str, name: str) -> Wanted:
        """The import of the helper in the style that the file has for its own package."""
        own = dotted.split(".")[0]
        found = [one.dotted for names in self._sheets.bindings(path).module_names.values() for one in names]
        is_relative = any(one.startswith(".") for one in found) and not any(one.split(".")[0] == own for one in found)
        top = self._top_package(path)
        if not (is_relative and top is not None and where.startswith(f"{top}/" if top else "")):
            return Wanted(dotted, name)
        folder, target = path.rpartition("/")[0], where.rpartition("/")[0]
        level, inner = 1, folder
        while inner and inner != target and not target.startswith(f"{inner}/"):
            level, inner = level + 1, inner.rpartition("/")[0]
        below = target[len(inner) :].strip("/").replace("/", ".")
        module = ".".join(part for part in (below, where.rpartition("/")[2].removesuffix(".py")) if part)
        return Wanted("." * level + module, name)

    # --- texts ----------------------------------------------------------------------------------

    def module_text(self, kinds: Iterable[str], api: str, newline: str = "\n", form: str = "") -> str:
        """A module that holds the helper of these ``kinds``."""
        from oailint.syntax.verbs.head import added
        from oailint.syntax.verbs.splices import apply
        from oailint.syntax.verbs.tree import Tree

        helper = _render(form or self._workspace.form(), kinds, api, frozenset())
        body = helper.body
        for kind, name in helper.names.items():
            body = _renamed(body, name, self._names()[kind])
        imports = [one for line in helper.imports for one in parse(line)]
        tree = Tree(_DOCSTRING)
        text = apply(_DOCSTRING, [added(tree, imports, (), body, len(_DOCSTRING), ())])
        return text.replace("\n", newline)

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
        bindings = self._sheets.bindings(path)
        others = {name for name, found in bindings.module_names.items() if any(not one.dotted for one in found)}
        form = self._workspace.form()
        plain = _render(form, kinds, api, frozenset())
        others |= {name for name in _DEFINED.findall(plain.body) if name in bindings.module_names}
        for line in plain.imports:
            for one in parse(line):
                if not bindings.may_bind(one.bound, one.dotted):
                    others.add(one.bound)
        return _render(form, kinds, api, frozenset(others))

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
                imports = [one for line in both.imports for one in parse(line)]
                return self._missing(path, imports, first), _laid_out(both.body, tree), (at, at + len(old))
        helper = self._inline(path, api, kinds)
        imports = [one for line in helper.imports for one in parse(line)]
        return self._missing(path, imports, first), helper.body, None

    def _missing(self, path: str, imports: list[Wanted], first: int) -> list[Wanted]:
        """Those of ``imports`` that the file does not have under the same name when the code at ``first`` runs."""
        bindings = self._sheets.bindings(path)
        return [one for one in imports if not bindings.binds(one.bound, one.dotted, first)]


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
