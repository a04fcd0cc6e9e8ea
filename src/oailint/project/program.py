"""The program as one piece: the scopes of all files in one list, with their names, calls and order.

Nothing is decided here; this is the index over the facts that linking works with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from oailint import facts
from oailint.facts import Expr, Import, Region, Span, Statement


class Site(Struct, eq=False):
    """One call expression. ``outer`` is the site whose argument or callee it stands in (-1: none)."""

    id: int
    scope: int
    region: int
    call: facts.Call
    awaited: bool
    outer: int
    span: Span
    decorates: int = -1
    """For the application of a decorator: the scope that it decorates."""


class ScopeInfo(Struct, eq=False):
    """A scope with its place in the program."""

    id: int
    file: int
    local: int
    facts: facts.Scope
    parent: int
    names: set[str] = field(default_factory=set)
    children: list[int] = field(default_factory=list)
    sites: list[int] = field(default_factory=list)
    stars: list[Import] = field(default_factory=list)

    @property
    def is_function(self) -> bool:
        return self.facts.kind in ("function", "lambda")


class Program:
    """All scopes, call sites and names of the project's files."""

    def __init__(self, files: Mapping[str, facts.FileFacts]) -> None:
        self.paths = sorted(files)
        self.files = [files[path] for path in self.paths]
        self.scopes: list[ScopeInfo] = []
        self.first_scope: list[int] = []
        self.sites: list[Site] = []
        self.site_of: dict[int, int] = {}
        self.item_nodes: dict[int, int] = {}
        self.comprehensions: dict[int, int] = {}
        self.masked: dict[int, list[facts.Masked]] = {}
        """The masked literals of each file."""
        self._handed_back: dict[int, frozenset[str]] = {}
        for number, one in enumerate(self.files):
            self._add_file(number, one)

    # --- building -----------------------------------------------------------------------------

    def _add_file(self, number: int, one: facts.FileFacts) -> None:
        first = len(self.scopes)
        self.first_scope.append(first)
        for local, scope in enumerate(one.scopes):
            parent = -1 if scope.parent < 0 else first + scope.parent
            self.scopes.append(ScopeInfo(first + local, number, local, scope, parent))
            if parent >= 0:
                self.scopes[parent].children.append(first + local)
        for info in self.scopes[first:]:
            self._bind(info)
        for info in self.scopes[first:]:
            self._collect_sites(info)

    def _bind(self, info: ScopeInfo) -> None:
        scope = info.facts
        names = info.names
        names.update(parameter.name for parameter in scope.parameters)
        for statement in scope.statements:
            if isinstance(statement, facts.Assign):
                for target in statement.targets:
                    names.update(target_names(target))
            elif isinstance(statement, facts.Import):
                if statement.name == "*":
                    info.stars.append(statement)
                else:
                    names.add(statement.alias or statement.name or statement.module.partition(".")[0])
            elif isinstance(statement, facts.Define):
                names.add(scope_name(self.files[info.file], statement.scope))
        for region in scope.regions:
            if isinstance(region, facts.For):
                names.update(target_names(region.target))
            elif isinstance(region, facts.With):
                for target_or_none in region.targets:
                    if target_or_none is not None:
                        names.update(target_names(target_or_none))
            elif isinstance(region, facts.Handler) and region.name:
                names.add(region.name)
        names.difference_update(scope.globals, scope.nonlocals)
        if scope.globals:
            self.scopes[self.first_scope[info.file]].names.update(scope.globals)

    def _collect_sites(self, info: ScopeInfo) -> None:
        scope = info.facts
        named: set[str] = set()
        for region, root in scope_expressions(scope):
            self._collect(info, root, region, named)
        info.names.update(named.difference(scope.globals, scope.nonlocals))
        for child in info.children:
            inner = self.scopes[child].facts
            for root in header_expressions(inner):
                self._collect(info, root, inner.parent_region, named)
            for decorator in inner.decorators:
                call = facts.Call(decorator, (), inner.span)
                self._site(info, inner.parent_region, call, -1, False, decorates=child)

    def _collect(self, info: ScopeInfo, root: Expr, region: int, named: set[str]) -> None:
        """Enter what is in an expression; ``named`` gets the names that ``:=`` binds there."""
        stack = [(root, region, -1, False)]
        while stack:
            node, region, outer, awaited = stack.pop()
            kind = type(node)
            inside = _CHILDREN.get(kind)
            if inside is None:
                if kind is facts.Masked:
                    self.masked.setdefault(info.file, []).append(node)  # type: ignore[arg-type]
                continue
            if kind is facts.Call:
                outer = self._site(info, region, node, outer, awaited).id  # type: ignore[arg-type]
            elif kind is facts.Sequence or kind is facts.Mapping:
                self.item_nodes.setdefault(id(node), len(self.item_nodes))
            elif kind is facts.Comprehension:
                self.comprehensions.setdefault(id(node), len(self.comprehensions))
                region = comprehension_region(node, region)
            elif kind is facts.Named:
                named.add(node.name)  # type: ignore[union-attr]
            is_awaited = kind is facts.Await
            stack += [(child, region, outer, is_awaited) for child in reversed(inside(node))]

    def _site(
        self, info: ScopeInfo, region: int, call: facts.Call, outer: int, awaited: bool, decorates: int = -1
    ) -> Site:
        site = Site(len(self.sites), info.id, region, call, awaited, outer, call.span, decorates)
        self.sites.append(site)
        self.site_of[id(call)] = site.id
        info.sites.append(site.id)
        return site

    # --- asking -------------------------------------------------------------------------------

    def path_of(self, scope: int) -> str:
        return self.paths[self.scopes[scope].file]

    def region(self, scope: int, region: int) -> Region:
        return self.scopes[scope].facts.regions[region]

    def chain(self, scope: int, region: int) -> Iterator[tuple[int, Region]]:
        """The regions around a place, innermost first, without the scope's body."""
        regions = self.scopes[scope].facts.regions
        while region > 0:
            yield region, regions[region]
            region = regions[region].parent

    def within(self, scope: int, region: int, ancestor: int) -> bool:
        """Whether ``region`` is ``ancestor`` or stands inside it."""
        regions = self.scopes[scope].facts.regions
        while region > ancestor:
            region = regions[region].parent
        return region == ancestor

    def qualified(self, scope: int) -> str:
        """A readable name: ``Bot.reply``, ``<lambda>``, ``<module>``."""
        parts: list[str] = []
        while scope >= 0:
            one = self.scopes[scope].facts
            if one.kind == "module":
                break
            parts.append(one.name or "<lambda>")
            scope = self.scopes[scope].parent
        return ".".join(reversed(parts)) or "<module>"

    def argument(self, call: facts.Call, parameter: facts.Parameter, scope: int) -> Expr | None:
        """What a call gives for a parameter of the function ``scope``; None if that is not plain to see."""
        if any(one.star for one in call.arguments):
            return None
        for one in call.arguments:
            if one.keyword == parameter.name:
                return one.value
        info = self.scopes[scope]
        places = [one for one in info.facts.parameters if one.kind == "positional"]
        if parameter not in places:
            return None
        plain = [one.value for one in call.arguments if not one.keyword]
        is_static = facts.Name("staticmethod") in info.facts.decorators
        is_method = self.scopes[info.parent].facts.kind == "class" and not is_static
        index = places.index(parameter) - (1 if is_method and isinstance(call.func, facts.Attribute) else 0)
        return plain[index] if 0 <= index < len(plain) else None

    def handed_back(self, scope: int) -> frozenset[str]:
        """The parameters that a function returns as they are: it never gives them another value."""
        if scope not in self._handed_back:
            info = self.scopes[scope]
            names = {one.name for one in info.facts.parameters if one.kind in ("positional", "keyword")}
            returned = {
                one.value.id for one in info.facts.statements
                if isinstance(one, facts.Return) and isinstance(one.value, facts.Name)
            } & names  # fmt: skip
            if returned:
                returned -= self._rebound(info)
            self._handed_back[scope] = frozenset(returned)
        return self._handed_back[scope]

    def _rebound(self, info: ScopeInfo) -> set[str]:
        bound: set[str] = set()
        for statement in info.facts.statements:
            if isinstance(statement, facts.Assign):
                for target in statement.targets:
                    bound.update(target_names(target))
            elif isinstance(statement, facts.Define):
                bound.add(scope_name(self.files[info.file], statement.scope))
        for region in info.facts.regions:
            targets = (
                [region.target] if isinstance(region, facts.For)
                else [one for one in region.targets if one is not None] if isinstance(region, facts.With)
                else []
            )  # fmt: skip
            for target in targets:
                bound.update(target_names(target))
        for child in info.children:
            bound.update(self.scopes[child].facts.nonlocals)
        return bound

    def dotted_names(self, scope: int) -> set[str]:
        """The dotted names by which a setting may mean a function or class (``app.llm.ask``, without ``src``)."""
        module = re.sub(r"(/__init__)?\.pyi?$", "", self.path_of(scope)).replace("/", ".")
        name = f"{module}.{self.qualified(scope)}"
        return {name, name.removeprefix("src.")}

    def named(self, names: Iterable[str]) -> frozenset[int]:
        """The functions and classes of the project that dotted names of a setting mean."""
        wanted = set(names)
        last = {name.rpartition(".")[2] for name in wanted}
        return frozenset(
            info.id for info in self.scopes if info.facts.name in last and self.dotted_names(info.id) & wanted
        )

    def enclosing_class(self, scope: int) -> int:
        """The class whose method this scope is or stands in, -1 if none."""
        while scope >= 0:
            if self.scopes[scope].facts.kind == "class":
                return scope
            scope = self.scopes[scope].parent
        return -1


def scope_name(file: facts.FileFacts, local: int) -> str:
    return file.scopes[local].name


def comprehension_region(node: Expr, region: int) -> int:
    return node.region if isinstance(node, facts.Comprehension) else region


def target_names(target: Expr) -> Iterator[str]:
    """The names that an assignment target binds."""
    if isinstance(target, facts.Name):
        yield target.id
    elif isinstance(target, facts.Sequence):
        for item in target.items:
            yield from target_names(item)
    elif isinstance(target, facts.Starred):
        yield from target_names(target.value)


_CHILDREN: dict[type, Callable[[Any], Sequence[Expr]]] = {
    facts.Call: lambda node: (node.func, *[argument.value for argument in node.arguments]),
    facts.Attribute: lambda node: (node.value,),
    facts.Starred: lambda node: (node.value,),
    facts.Await: lambda node: (node.value,),
    facts.Named: lambda node: (node.value,),
    facts.Sequence: lambda node: node.items,
    facts.Mapping: lambda node: [
        part for pair in zip(node.keys, node.values, strict=False) for part in pair if part is not None
    ],
    facts.Format: lambda node: node.parts,
    facts.Operation: lambda node: node.operands,
    facts.Comparison: lambda node: node.operands,
    facts.Subscript: lambda node: (node.value, node.index),
    facts.Slice: lambda node: [part for part in (node.lower, node.upper, node.step) if part is not None],
    facts.Conditional: lambda node: (node.test, node.body, node.orelse),
    facts.Comprehension: lambda node: node.elements,
    facts.Yield: lambda node: () if node.value is None else (node.value,),
    facts.Other: lambda node: node.children,
}
"""By the kind of an expression, as this is asked of every expression of a program several times."""


def children(node: Expr) -> Sequence[Expr]:
    """The expressions directly inside one, in source order."""
    inside = _CHILDREN.get(type(node))
    return inside(node) if inside is not None else ()


def walk(root: Expr, region: int = 0) -> Iterator[tuple[Expr, int]]:
    """An expression and all inside it, each with its region; lambdas are scopes of their own."""
    stack = [(root, region)]
    while stack:
        entry = stack.pop()
        yield entry
        node, region = entry
        inside = _CHILDREN.get(type(node))
        if inside is not None:
            inner = comprehension_region(node, region)
            stack += [(child, inner) for child in reversed(inside(node))]


def statement_expressions(statement: Statement) -> Iterator[Expr]:
    if isinstance(statement, facts.Assign):
        yield from statement.targets
        if statement.value is not None:
            yield statement.value
    elif isinstance(statement, facts.Evaluate):
        yield statement.value
    elif isinstance(statement, facts.Return):
        if statement.value is not None:
            yield statement.value
    elif isinstance(statement, facts.Raise):
        for part in (statement.value, statement.cause):
            if part is not None:
                yield part


def region_expressions(number: int, region: Region) -> Iterator[tuple[int, Expr]]:
    """The expressions of a region's header, with the region that each is evaluated in."""
    if isinstance(region, facts.For):
        yield region.parent, region.iterable
        for condition in region.conditions:
            yield number, condition
    elif isinstance(region, facts.While):
        yield number, region.test
    elif isinstance(region, facts.Branch):
        if region.positive:
            yield region.parent, region.test
    elif isinstance(region, facts.Case):
        yield region.parent, region.subject
        if region.guard is not None:
            yield number, region.guard
    elif isinstance(region, facts.Handler):
        if region.types is not None:
            yield region.parent, region.types
    elif isinstance(region, facts.With):
        for item in region.items:
            yield region.parent, item


def scope_expressions(scope: facts.Scope) -> Iterator[tuple[int, Expr]]:
    """Every outermost expression of a scope with its region, in no particular order."""
    for statement in scope.statements:
        for root in statement_expressions(statement):
            yield statement.region, root
    for number, region in enumerate(scope.regions):
        yield from region_expressions(number, region)


def header_expressions(scope: facts.Scope) -> Iterator[Expr]:
    """What is evaluated where the scope is defined: decorators, defaults, bases."""
    yield from scope.decorators
    for parameter in scope.parameters:
        if parameter.default is not None:
            yield parameter.default
    yield from scope.bases
    for argument in scope.keywords:
        yield argument.value
