"""What the walk over a module carries along: the scope and region it is in, and where things stand in the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from oailint.facts import (
    Argument,
    Body,
    Define,
    Expr,
    Other,
    Parameter,
    Region,
    Scope,
    Span,
    Statement,
)
from oailint.syntax.places import Places

if TYPE_CHECKING:
    import libcst as cst
else:
    from oailint.syntax import nodes as cst


class OpenScope:
    """A scope that is being filled."""

    __slots__ = (
        "bases",
        "decorators",
        "globals",
        "index",
        "is_async",
        "is_generator",
        "keywords",
        "kind",
        "name",
        "nonlocals",
        "parameters",
        "parent",
        "parent_region",
        "regions",
        "returns",
        "span",
        "statements",
    )

    def __init__(self, kind: str, name: str, index: int, parent: int, parent_region: int, span: Span) -> None:
        self.kind = kind
        self.name = name
        self.index = index
        self.parent = parent
        self.parent_region = parent_region
        self.span = span
        self.parameters: tuple[Parameter, ...] = ()
        self.decorators: tuple[Expr, ...] = ()
        self.bases: tuple[Expr, ...] = ()
        self.keywords: tuple[Argument, ...] = ()
        self.returns: Expr | None = None
        self.is_async = False
        self.is_generator = False
        self.globals: list[str] = []
        self.nonlocals: list[str] = []
        # A region is reserved before it is known in full: what stands in its own test may need its index.
        self.regions: list[Region | None] = [Body(-1, span)]
        self.statements: list[Statement] = []

    def close(self) -> Scope:
        """The scope as a fact."""
        return Scope(
            self.kind,
            self.name,
            self.parent,
            self.parent_region,
            self.parameters,
            self.decorators,
            self.bases,
            self.keywords,
            self.returns,
            self.is_async,
            self.is_generator,
            tuple(self.globals),
            tuple(self.nonlocals),
            tuple(region for region in self.regions if region is not None),
            tuple(self.statements),
            self.span,
        )


Handlers = Mapping[type, Callable[["Walk", Any], Expr]]


class Walk:
    """The state of one walk. ``text`` is the module's source, ``handlers`` turn each kind of expression into a fact."""

    __slots__ = ("doubts", "extents", "handlers", "lines", "places", "region", "scope", "scopes", "text")

    def __init__(self, text: str, places: Places, handlers: Handlers) -> None:
        self.text = text
        self.places = places
        self.lines = places.lines
        self.handlers = handlers
        self.scope = OpenScope("module", "", 0, -1, -1, Span(1, 1, 1, 1))
        self.scopes = [self.scope]
        self.region = 0
        self.extents: set[tuple[int, int]] = set()
        self.doubts: list[int] = []
        """Offsets of what libcst reads in one way and most versions of Python in none."""

    def expr(self, node: cst.CSTNode) -> Expr:
        """``node`` as a fact; ``Other`` if it is of an unknown kind."""
        handler = self.handlers.get(type(node))
        return handler(self, node) if handler is not None else Other(())

    def optional(self, node: cst.CSTNode | None) -> Expr | None:
        """``node`` as a fact, if there is one."""
        return None if node is None else self.expr(node)

    def span(self, node: cst.CSTNode) -> Span:
        """Where ``node`` stands."""
        return self.places.span(node)

    def header(self, node: cst.CSTNode, suite: cst.BaseSuite) -> Span:
        """Where the header stands that begins with ``node`` and that ``suite`` follows: up to its colon."""
        return self.lines.span(self.places.start(node), self.places.header_end(suite))

    def open_scope(self, kind: str, name: str, span: Span) -> OpenScope:
        """A new scope, written where the walk is. It is not entered."""
        scope = OpenScope(kind, name, len(self.scopes), self.scope.index, self.region, span)
        self.scopes.append(scope)
        return scope

    def inside(self, scope: OpenScope, fill: Callable[[], None]) -> None:
        """Calls ``fill`` with ``scope`` as the current scope."""
        outer, region = self.scope, self.region
        self.scope, self.region = scope, 0
        fill()
        self.scope, self.region = outer, region

    def define(self, scope: OpenScope) -> None:
        """States that ``scope`` is defined here."""
        self.scope.statements.append(Define(scope.index, self.region, scope.span))

    def reserve(self) -> int:
        """The index of a region that ``self.scope.regions`` will get."""
        self.scope.regions.append(None)
        return len(self.scope.regions) - 1
