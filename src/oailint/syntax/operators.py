"""Operators of libcst by their source text, and operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from oailint.facts import Expr, Operation, Other
from oailint.syntax.walk import Walk

if TYPE_CHECKING:
    import libcst as cst
else:
    from oailint.syntax import nodes as cst

_LONGEST_CHAIN = 50
"""More operators than this in a row become an ``Other`` of all operands: whoever reads facts recurses."""

UNARY: dict[type, str] = {cst.Not: "not", cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~"}

BINARY: dict[type, str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.MatrixMultiply: "@",
    cst.BitAnd: "&",
    cst.BitOr: "|",
    cst.BitXor: "^",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
    cst.And: "and",
    cst.Or: "or",
}

COMPARISON: dict[type, str] = {
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.In: "in",
    cst.NotIn: "not in",
    cst.Is: "is",
    cst.IsNot: "is not",
}

AUGMENTED: dict[type, str] = {
    cst.AddAssign: "+",
    cst.SubtractAssign: "-",
    cst.MultiplyAssign: "*",
    cst.DivideAssign: "/",
    cst.FloorDivideAssign: "//",
    cst.ModuloAssign: "%",
    cst.PowerAssign: "**",
    cst.MatrixMultiplyAssign: "@",
    cst.BitAndAssign: "&",
    cst.BitOrAssign: "|",
    cst.BitXorAssign: "^",
    cst.LeftShiftAssign: "<<",
    cst.RightShiftAssign: ">>",
}


def chain(
    walk: Walk,
    node: cst.BinaryOperation | cst.BooleanOperation,
    convert: Callable[[Walk, cst.BaseExpression], Expr],
) -> Expr:
    """An operation with two operands, and the operations that are its left operand. ``convert`` does the rest."""
    links: list[cst.BinaryOperation | cst.BooleanOperation] = []
    left: cst.BaseExpression = node
    while isinstance(left, (cst.BinaryOperation, cst.BooleanOperation)):
        links.append(left)
        left = left.left
    result = convert(walk, left)
    if len(links) > _LONGEST_CHAIN:
        return Other((result, *[convert(walk, one.right) for one in reversed(links)]))
    for one in reversed(links):
        result = Operation(BINARY[type(one.operator)], (result, convert(walk, one.right)), walk.span(one))
    return result
