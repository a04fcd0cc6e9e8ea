"""Compound statements: what opens a region or a scope, and the walk through bodies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from oailint.facts import (
    Branch,
    Case,
    Expr,
    Finally,
    For,
    Handler,
    LoopElse,
    Region,
    Span,
    Starred,
    Try,
    TryElse,
    While,
    With,
)
from oailint.syntax import patterns
from oailint.syntax.expressions import argument
from oailint.syntax.lambdas import parameters
from oailint.syntax.statements import SIMPLE
from oailint.syntax.walk import OpenScope, Walk

if TYPE_CHECKING:
    import libcst as cst
else:
    from oailint.syntax import nodes as cst


def body(walk: Walk, statements: Iterable[cst.CSTNode]) -> None:
    """Walks through ``statements``, which may be simple or compound."""
    for node in statements:
        kind = type(node)
        if kind is cst.SimpleStatementLine:
            _line(walk, node)  # type: ignore[arg-type]
        else:
            handler = COMPOUND.get(kind)
            if handler is not None:
                handler(walk, node)


def _line(walk: Walk, node: cst.SimpleStatementLine | cst.SimpleStatementSuite) -> None:
    for one in node.body:
        handler = SIMPLE.get(type(one))
        if handler is not None:
            handler(walk, one)
    if node.body:
        places, lines = walk.places, walk.lines
        first = lines.line(places.start(node.body[0]))
        last = lines.line(places.end(node.body[-1]))
        if last > first:
            walk.extents.add((first, last))


def _suite(walk: Walk, node: cst.BaseSuite, region: int) -> None:
    """Walks through a suite, in ``region``."""
    outer, walk.region = walk.region, region
    if isinstance(node, cst.SimpleStatementSuite):
        _line(walk, node)
    else:
        body(walk, node.body)
    walk.region = outer


def _add(walk: Walk, region: Region) -> int:
    walk.scope.regions.append(region)
    return len(walk.scope.regions) - 1


def _header(walk: Walk, node: cst.CSTNode, suite: cst.BaseSuite) -> Span:
    span = walk.header(node, suite)
    if span.end_line > span.line:
        walk.extents.add((span.line, span.end_line))
    return span


def _if(walk: Walk, node: cst.If) -> None:
    outer = walk.region
    branch: cst.If | cst.Else | None = node
    while isinstance(branch, cst.If):
        span = _header(walk, branch, branch.body)
        test = walk.expr(branch.test)
        _suite(walk, branch.body, _add(walk, Branch(walk.region, test, True, span)))
        branch = branch.orelse
        if branch is not None:
            span = _header(walk, branch, branch.body)
            walk.region = _add(walk, Branch(walk.region, test, False, span))
    if branch is not None:
        _suite(walk, branch.body, walk.region)
    walk.region = outer


def _for(walk: Walk, node: cst.For) -> None:
    span = _header(walk, node, node.body)
    iterable, target = walk.expr(node.iter), walk.expr(node.target)
    is_async = node.asynchronous is not None
    loop = _add(walk, For(walk.region, target, iterable, (), is_async, False, span))
    _suite(walk, node.body, loop)
    _loop_else(walk, node.orelse, loop)


def _while(walk: Walk, node: cst.While) -> None:
    span = _header(walk, node, node.body)
    outer, loop = walk.region, walk.reserve()
    walk.region = loop
    walk.scope.regions[loop] = While(outer, walk.expr(node.test), span)
    walk.region = outer
    _suite(walk, node.body, loop)
    _loop_else(walk, node.orelse, loop)


def _loop_else(walk: Walk, node: cst.Else | None, loop: int) -> None:
    if node is not None:
        _suite(walk, node.body, _add(walk, LoopElse(walk.region, loop, _header(walk, node, node.body))))


def _try(walk: Walk, node: cst.Try | cst.TryStar) -> None:
    attempt = _add(walk, Try(walk.region, _header(walk, node, node.body)))
    _suite(walk, node.body, attempt)
    for one in node.handlers:
        span = _header(walk, one, one.body)
        types = walk.optional(one.type)
        if _is_python_2(one.type):
            walk.doubts.append(walk.places.start(one))
        alias = None if one.name is None else one.name.name
        name = alias.value if isinstance(alias, cst.Name) else ""
        group = isinstance(one, cst.ExceptStarHandler)
        _suite(walk, one.body, _add(walk, Handler(walk.region, attempt, types, name, group, span)))
    if node.orelse is not None:
        span = _header(walk, node.orelse, node.orelse.body)
        _suite(walk, node.orelse.body, _add(walk, TryElse(walk.region, attempt, span)))
    if node.finalbody is not None:
        span = _header(walk, node.finalbody, node.finalbody.body)
        _suite(walk, node.finalbody.body, _add(walk, Finally(walk.region, attempt, span)))


def _is_python_2(types: cst.BaseExpression | None) -> bool:
    """Whether ``except types`` reads as Python 2's ``except Error, name``. Python 3.14 allows ``except One, Other``."""
    if not isinstance(types, cst.Tuple) or types.lpar or len(types.elements) != 2:
        return False
    second = types.elements[1].value
    return isinstance(second, cst.Name) and second.value.islower()


def _with(walk: Walk, node: cst.With) -> None:
    span = _header(walk, node, node.body)
    items: list[Expr] = []
    targets: list[Expr | None] = []
    for one in node.items:
        items.append(walk.expr(one.item))
        targets.append(None if one.asname is None else walk.expr(one.asname.name))
    is_async = node.asynchronous is not None
    _suite(walk, node.body, _add(walk, With(walk.region, tuple(items), tuple(targets), is_async, span)))


def _match(walk: Walk, node: cst.Match) -> None:
    subject = walk.expr(node.subject)
    first = walk.lines.line(walk.places.start(node))
    case = node.cases[0]
    # The header ends on the line above the lines that lead to the first case.
    last = walk.lines.line(walk.places.start(case)) - len(case.leading_lines) - 1
    if last > first:
        walk.extents.add((first, last))
    for one in node.cases:
        span = _header(walk, one, one.body)
        found = patterns.named(walk, one.pattern)
        outer, index = walk.region, walk.reserve()
        walk.region = index
        guard = walk.optional(one.guard)
        walk.region = outer
        walk.scope.regions[index] = Case(outer, subject, found, guard, span)
        _suite(walk, one.body, index)


def _decorators(walk: Walk, node: cst.FunctionDef | cst.ClassDef) -> tuple[Expr, ...]:
    return tuple([walk.expr(one.decorator) for one in node.decorators])


def _define(walk: Walk, node: cst.FunctionDef | cst.ClassDef, scope: OpenScope) -> None:
    """States the definition where it stands, then walks through its body."""
    start = node.decorators[0] if node.decorators else node
    first = walk.lines.line(walk.places.start(start))
    if scope.span.end_line > first:
        walk.extents.add((first, scope.span.end_line))
    walk.define(scope)
    walk.inside(scope, lambda: _suite(walk, node.body, 0))


def _function(walk: Walk, node: cst.FunctionDef) -> None:
    decorators = _decorators(walk, node)
    found = parameters(walk, node.params)
    returns = None if node.returns is None else walk.expr(node.returns.annotation)
    scope = walk.open_scope("function", node.name.value, walk.header(node, node.body))
    scope.decorators, scope.parameters, scope.returns = decorators, found, returns
    scope.is_async = node.asynchronous is not None
    _define(walk, node, scope)


def _class(walk: Walk, node: cst.ClassDef) -> None:
    decorators = _decorators(walk, node)
    bases = tuple([Starred(walk.expr(one.value)) if one.star else walk.expr(one.value) for one in node.bases])
    keywords = tuple([argument(walk, one) for one in node.keywords])
    scope = walk.open_scope("class", node.name.value, walk.header(node, node.body))
    scope.decorators, scope.bases, scope.keywords = decorators, bases, keywords
    _define(walk, node, scope)


COMPOUND: dict[type, Callable[[Walk, Any], None]] = {
    cst.If: _if,
    cst.For: _for,
    cst.While: _while,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.With: _with,
    cst.Match: _match,
    cst.FunctionDef: _function,
    cst.ClassDef: _class,
}
