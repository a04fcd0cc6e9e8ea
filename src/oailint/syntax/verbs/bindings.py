"""Which names a file binds to what, and how it can call something by name at a place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import libcst as cst
from msgspec import Struct, field

from oailint.syntax.verbs.splices import Refused
from oailint.syntax.verbs.tree import Tree, children, render
from oailint.syntax.verbs.wanted import Wanted

_SCOPES = (cst.FunctionDef, cst.Lambda, cst.ClassDef, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


class Binding(Struct, frozen=True):
    """A name bound at ``offset``: by an import of ``dotted``, or by something else (``dotted`` is then empty).
    ``is_typing`` says that it happens for type checkers only."""

    dotted: str
    offset: int
    is_typing: bool = False


class _Scope(Struct):
    node: cst.CSTNode
    names: dict[str, list[Binding]] = field(default_factory=lambda: defaultdict(list))
    outer_names: set[str] = field(default_factory=set)


class Bindings:
    """The names of the scopes of ``tree``."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._module = _Scope(tree.module)
        self._scopes: dict[int, _Scope] = {id(tree.module): self._module}
        self._collect()

    @property
    def module_names(self) -> dict[str, list[Binding]]:
        """The names that the module binds, with all that each is bound to."""
        return self._module.names

    def imports_ending(self, name: str) -> list[str]:
        """What the module imports, of all dotted names that end in ``name``, with or without a number behind it."""
        found = {_meaning(bindings) for bindings in self._module.names.values()}
        return sorted(one for one in found if re.fullmatch(rf"{name}(_\d+)?", one.rpartition(".")[2]))

    def is_visible(self, name: str, node: cst.CSTNode) -> bool:
        """Whether ``name`` means what the module binds it to in the code at ``node``."""
        return not any(name in scope.names for scope in self._around(node)[:-1])

    def is_builtin(self, name: str, node: cst.CSTNode) -> bool:
        """Whether ``name``, one of Python's own, means that in the code at ``node``."""
        return not any(name in scope.names for scope in self._around(node))

    def binds(self, name: str, dotted: str, first: int) -> bool:
        """Whether the module has ``name`` by an import of ``dotted`` when the code at the offset ``first`` runs."""
        bindings = self._module.names.get(name, [])
        if _meaning(bindings) != dotted:
            return False
        return self._tree.is_late(first) or min(one.offset for one in bindings if not one.is_typing) < first

    def may_bind(self, name: str, dotted: str) -> bool:
        """Whether the module may bind ``name`` to ``dotted``: it does, or it binds it to nothing."""
        return all(one.dotted == dotted for one in self._module.names.get(name, ()))

    def spelling(self, dotted: str, node: cst.CSTNode) -> str | None:
        """How the code at ``node`` can write ``dotted`` with what is imported there; None if it cannot."""
        scopes = self._around(node)
        offset = len(self._tree.text) if node is self._tree.module else self._tree.inner(node)[0]
        is_late = self._tree.is_late(offset)
        parts = dotted.lstrip(".").split(".")
        dots = "." * (len(dotted) - len(dotted.lstrip(".")))
        for length in range(len(parts), 0, -1):
            head = dots + ".".join(parts[:length])
            for index, scope in enumerate(scopes):
                for name, bindings in scope.names.items():
                    if _meaning(bindings) != head or any(name in inner.names for inner in scopes[:index]):
                        continue
                    if is_late and scope is self._module:
                        return ".".join([name, *parts[length:]])
                    if min(one.offset for one in bindings if not one.is_typing) < offset:
                        return ".".join([name, *parts[length:]])
        return None

    def is_free(self, name: str, dotted: str, node: cst.CSTNode) -> bool:
        """Whether an import of ``dotted`` as ``name`` at the top would be seen at ``node`` and hide nothing."""
        *inner, module = self._around(node)
        if any(name in scope.names for scope in inner):
            return False
        return all(one.dotted == dotted for one in module.names.get(name, ()))

    def spell(self, dotted: str, node: cst.CSTNode) -> tuple[str, Wanted | None]:
        """How the code at ``node`` can write ``dotted``, and the import that this takes, if any."""
        known = self.spelling(dotted, node)
        if known is not None:
            return known, None
        module, _, name = dotted.rpartition(".")
        if self._prefers_from(module):
            local = self.free_name(name, dotted, node)
            return local, Wanted(module, name, "" if local == name else local)
        local = self.free_name(module.split(".")[0], module, node)
        if local == module.split(".")[0]:
            return dotted, Wanted(module)
        return f"{local}.{name}", Wanted(module, alias=local)

    def free_name(self, name: str, dotted: str, node: cst.CSTNode) -> str:
        """``name``, or it with a number, so that an import of ``dotted`` may bind it for the code at ``node``."""
        candidate, number = name, 2
        while not self.is_free(candidate, dotted, node):
            candidate, number = f"{name}_{number}", number + 1
            if number > 9:
                raise Refused(f"`{name}` means too many things here")
        return candidate

    def _prefers_from(self, module: str) -> bool:
        """Whether the file takes names from ``module`` rather than the module itself."""
        dotted = [one.dotted for bindings in self._module.names.values() for one in bindings if not one.is_typing]
        return any(one.startswith(f"{module}.") for one in dotted)

    def _around(self, node: cst.CSTNode) -> list[_Scope]:
        """The scopes whose names the code at ``node`` sees, the innermost first."""
        found: list[_Scope] = []
        for one in (node, *self._tree.ancestors(node)):
            scope = self._scopes.get(id(one))
            if scope is not None and not (found and isinstance(one, cst.ClassDef)):
                found.append(scope)
        return found

    # --- collecting -----------------------------------------------------------------------------

    def _collect(self) -> None:
        # Not by recursion: an expression may be nested more deeply than Python likes.
        pending: list[tuple[cst.CSTNode, _Scope, bool]] = [(self._tree.module, self._module, False)]
        while pending:
            pending.extend(reversed(list(self._visit(*pending.pop()))))

    def _visit(self, node: cst.CSTNode, scope: _Scope, is_typing: bool) -> Iterator[tuple[cst.CSTNode, _Scope, bool]]:
        """Note what ``node`` binds in ``scope``; its parts, each with the scope that it is in."""
        for name, dotted, at in _bound(node):
            target = self._module if name in scope.outer_names else scope
            target.names[name].append(Binding(dotted, self._tree.inner(at)[0], is_typing))
        if isinstance(node, (cst.Global, cst.Nonlocal)):
            for item in node.names:
                scope.outer_names.add(item.name.value)
                # A function that assigns to it makes it uncertain for the module.
                self._module.names[item.name.value].append(Binding("", 0))
        inner = scope
        if isinstance(node, _SCOPES):
            inner = self._scopes.setdefault(id(node), _Scope(node))
        is_guard = isinstance(node, cst.If) and render(node.test).rpartition(".")[2] == "TYPE_CHECKING"
        for child in children(node):
            guarded = is_typing or (is_guard and isinstance(node, cst.If) and child is node.body)
            yield child, inner, guarded


def _meaning(bindings: list[Binding]) -> str:
    """What all the imports of a name agree on; empty if they do not, or if there is none at run time.

    A value in place of a missing library (``openai = None`` after a failed import) does not count against it.
    """
    found = {one.dotted for one in bindings if one.dotted and not one.is_typing}
    others = sum(not one.dotted for one in bindings)
    return found.pop() if len(found) == 1 and others <= 1 else ""


def _bound(node: cst.CSTNode) -> Iterator[tuple[str, str, cst.CSTNode]]:
    """The names that ``node`` itself binds, what an import binds them to, and the node that says so."""
    if isinstance(node, (cst.Import, cst.ImportFrom)):
        yield from _imports(node)
    elif isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Param)):
        yield node.name.value, "", node.name
    elif isinstance(node, (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.NamedExpr, cst.For, cst.CompFor)):
        yield from ((one.value, "", one) for one in _targets(node.target))
    elif isinstance(node, cst.AsName):
        yield from ((one.value, "", one) for one in _targets(node.name))
    elif isinstance(node, (cst.MatchAs, cst.MatchStar)) and node.name is not None:
        yield node.name.value, "", node.name


def _imports(node: cst.Import | cst.ImportFrom) -> Iterator[tuple[str, str, cst.CSTNode]]:
    if isinstance(node.names, cst.ImportStar):
        return
    base = ""
    if isinstance(node, cst.ImportFrom):
        base = "." * len(node.relative) + (render(node.module) if node.module is not None else "")
        base += "" if base.endswith(".") else "."
    for alias in node.names:
        dotted = render(alias.name)
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            yield alias.asname.name.value, base + dotted, node
        elif base:
            yield dotted, base + dotted, node
        else:
            yield dotted.split(".")[0], dotted.split(".")[0], node


def _targets(node: cst.CSTNode) -> Iterator[cst.Name]:
    if isinstance(node, cst.Name):
        yield node
    elif isinstance(node, (cst.Tuple, cst.List)):
        for element in node.elements:
            yield from _targets(element.value)
    elif isinstance(node, cst.StarredElement):
        yield from _targets(node.value)
