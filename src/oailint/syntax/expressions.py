"""Expressions as facts: one function for each kind of node."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from oailint.facts import (
    Argument,
    Attribute,
    Await,
    Call,
    Comparison,
    Comprehension,
    Conditional,
    Constant,
    Expr,
    For,
    Mapping,
    Name,
    Named,
    Operation,
    Other,
    Sequence,
    Slice,
    Starred,
    Subscript,
    Yield,
)
from oailint.syntax import literals, operators, secrets
from oailint.syntax.kinds import STARRED_DICT_COMPREHENSIONS, TEMPLATED_STRINGS
from oailint.syntax.lambdas import lambda_
from oailint.syntax.walk import Walk

if TYPE_CHECKING:
    import libcst as cst
else:
    from oailint.syntax import nodes as cst

_CONSTANTS = frozenset({"True", "False", "None"})
_BLANK = re.compile(r"(?:\s|\\|#[^\r\n]*)*")


def _name(walk: Walk, node: cst.Name) -> Expr:
    value = node.value
    return Constant(value) if value in _CONSTANTS else Name(value)


def _ellipsis(walk: Walk, node: cst.Ellipsis) -> Expr:
    return Constant("...")


def _attribute(walk: Walk, node: cst.Attribute) -> Expr:
    return Attribute(walk.expr(node.value), node.attr.value, walk.span(node))


def argument(walk: Walk, node: cst.Arg, *, secret: bool = False) -> Argument:
    """One argument of a call or of a class statement. ``secret``: its value stands where a secret is expected."""
    keyword = "" if node.keyword is None else node.keyword.value
    if secret:
        value = secrets.hidden(walk, node.value)
    elif keyword:
        value = secrets.named(walk, node.value, keyword)
    else:
        value = walk.expr(node.value)
    return Argument(value, keyword, len(node.star))


def _call(walk: Walk, node: cst.Call) -> Expr:
    func = walk.expr(node.func)
    secret = secrets.arguments(node.args)
    arguments = tuple([argument(walk, one, secret=index in secret) for index, one in enumerate(node.args)])
    return Call(func, arguments, walk.span(node))


def element(walk: Walk, node: cst.BaseElement | cst.CSTNode) -> Expr:
    """One item of a display."""
    value = walk.expr(node.value)  # type: ignore[union-attr]
    return Starred(value) if type(node) is cst.StarredElement else value


def _tuple(walk: Walk, node: cst.Tuple) -> Expr:
    return Sequence("tuple", tuple([element(walk, one) for one in node.elements]))


def _list(walk: Walk, node: cst.List) -> Expr:
    return Sequence("list", tuple([element(walk, one) for one in node.elements]))


def _set(walk: Walk, node: cst.Set) -> Expr:
    return Sequence("set", tuple([element(walk, one) for one in node.elements]))


def _starred(walk: Walk, node: cst.StarredElement) -> Expr:
    return Starred(walk.expr(node.value))


def _dict(walk: Walk, node: cst.Dict) -> Expr:
    keys: list[Expr | None] = []
    values: list[Expr] = []
    for one in node.elements:
        if isinstance(one, cst.DictElement):
            keys.append(walk.expr(one.key))
            values.append(secrets.named(walk, one.value, secrets.text_of(one.key)))
        else:
            keys.append(None)
            values.append(walk.expr(one.value))
    return Mapping(tuple(keys), tuple(values))


def _unary(walk: Walk, node: cst.UnaryOperation) -> Expr:
    return Operation(operators.UNARY[type(node.operator)], (walk.expr(node.expression),), walk.span(node))


def _binary(walk: Walk, node: cst.BinaryOperation | cst.BooleanOperation) -> Expr:
    return operators.chain(walk, node, Walk.expr)


def _comparison(walk: Walk, node: cst.Comparison) -> Expr:
    nodes = [node.left, *[one.comparator for one in node.comparisons]]
    if any(map(secrets.is_secret_target, nodes)):
        operands = tuple([secrets.hidden(walk, one) for one in nodes])
    else:
        operands = tuple([walk.expr(one) for one in nodes])
    signs = tuple([operators.COMPARISON[type(one.operator)] for one in node.comparisons])
    return Comparison(signs, operands, walk.span(node))


def _index(walk: Walk, node: cst.BaseSlice) -> Expr:
    if isinstance(node, cst.Index):
        value = walk.expr(node.value)
        return Starred(value) if node.star else value
    if isinstance(node, cst.Slice):
        lower, upper, step = [None if one is None else walk.expr(one) for one in (node.lower, node.upper, node.step)]
        return Slice(lower, upper, step)
    return Other(())


def _subscript(walk: Walk, node: cst.Subscript) -> Expr:
    value = walk.expr(node.value)
    items = tuple([_index(walk, one.slice) for one in node.slice])
    index = items[0] if len(items) == 1 else Sequence("tuple", items)
    return Subscript(value, index, walk.span(node))


def _conditional(walk: Walk, node: cst.IfExp) -> Expr:
    return Conditional(walk.expr(node.test), walk.expr(node.body), walk.expr(node.orelse))


def _await(walk: Walk, node: cst.Await) -> Expr:
    return Await(walk.expr(node.expression))


def _yield(walk: Walk, node: cst.Yield) -> Expr:
    walk.scope.is_generator = True
    value = node.value
    if isinstance(value, cst.From):
        return Yield(walk.expr(value.item), True)
    return Yield(walk.optional(value), False)


def _named(walk: Walk, node: cst.NamedExpr) -> Expr:
    name = node.target.value if isinstance(node.target, cst.Name) else ""
    return Named(name, secrets.named(walk, node.value, name))


def _clause(walk: Walk, node: cst.CompFor) -> None:
    """Enters the region of one ``for`` clause of a comprehension, and of those inside it."""
    outer = walk.region
    iterable = walk.expr(node.iter)
    index = walk.reserve()
    walk.region = index
    target = walk.expr(node.target)
    conditions = tuple([walk.expr(one.test) for one in node.ifs])
    places = walk.places
    start, end = places.start(node), places.end(node)
    if node.ifs:
        end = places.before(node.ifs[0])
    elif node.inner_for_in is not None:
        end = places.before(node.inner_for_in)
    blank = _BLANK.match(walk.text, start)
    span = walk.lines.span(blank.end() if blank is not None else start, end)
    is_async = node.asynchronous is not None
    walk.scope.regions[index] = For(outer, target, iterable, conditions, is_async, True, span)
    if node.inner_for_in is not None:
        _clause(walk, node.inner_for_in)


def _comprehension(walk: Walk, node: cst.ListComp | cst.SetComp | cst.GeneratorExp) -> Expr:
    return _comprehended(walk, node, _COMPREHENSIONS[type(node)], lambda: (walk.expr(node.elt),))


def _dict_comprehension(walk: Walk, node: cst.DictComp) -> Expr:
    def elements() -> tuple[Expr, ...]:
        return walk.expr(node.key), secrets.named(walk, node.value, secrets.text_of(node.key))

    return _comprehended(walk, node, "dict", elements)


def _starred_dict_comprehension(walk: Walk, node: cst.StarredDictComp) -> Expr:
    return _comprehended(walk, node, "dict", lambda: (Starred(walk.expr(node.value)),))


def _comprehended(walk: Walk, node: cst.BaseComp, kind: str, elements: Callable[[], tuple[Expr, ...]]) -> Expr:
    outer = walk.region
    _clause(walk, node.for_in)
    result = Comprehension(kind, elements(), walk.region, walk.span(node))
    walk.region = outer
    return result


_COMPREHENSIONS: dict[type, str] = {
    cst.ListComp: "list",
    cst.SetComp: "set",
    cst.GeneratorExp: "generator",
}

HANDLERS: dict[type, Any] = {
    cst.Name: _name,
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.SimpleString: literals.string,
    cst.ConcatenatedString: literals.concatenated,
    cst.FormattedString: literals.formatted,
    cst.Integer: literals.integer,
    cst.Float: literals.real,
    cst.Ellipsis: _ellipsis,
    cst.Tuple: _tuple,
    cst.List: _list,
    cst.Set: _set,
    cst.StarredElement: _starred,
    cst.Dict: _dict,
    cst.UnaryOperation: _unary,
    cst.BinaryOperation: _binary,
    cst.BooleanOperation: _binary,
    cst.Comparison: _comparison,
    cst.Subscript: _subscript,
    cst.IfExp: _conditional,
    cst.Lambda: lambda_,
    cst.ListComp: _comprehension,
    cst.SetComp: _comprehension,
    cst.GeneratorExp: _comprehension,
    cst.DictComp: _dict_comprehension,
    cst.Await: _await,
    cst.Yield: _yield,
    cst.NamedExpr: _named,
    **dict.fromkeys(TEMPLATED_STRINGS, literals.formatted),
    **dict.fromkeys(STARRED_DICT_COMPREHENSIONS, _starred_dict_comprehension),
}
"""``Imaginary`` and whatever else there is becomes an empty ``Other``."""
