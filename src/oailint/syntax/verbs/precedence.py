"""Whether an expression needs parentheses in the place where it is put."""

from __future__ import annotations

import libcst as cst

ATOM, PRIMARY, AWAIT, POWER, UNARY, COMPARISON, NOT, AND, OR, CONDITION, LAMBDA, LOOSE = range(20, 8, -1)

_BINARY = {
    cst.BitOr: 1, cst.BitXor: 2, cst.BitAnd: 3, cst.LeftShift: 4, cst.RightShift: 4, cst.Add: 5, cst.Subtract: 5,
    cst.Multiply: 6, cst.Divide: 6, cst.FloorDivide: 6, cst.Modulo: 6, cst.MatrixMultiply: 6,
}  # fmt: skip


def _between(level: int) -> float:
    """The level of a binary operator: over comparisons, under unary minus."""
    return COMPARISON + level / 10


def strength(node: cst.BaseExpression, *, bare: bool = False) -> float:
    """How tightly ``node`` holds together, with its own parentheses or without (``bare``)."""
    if node.lpar and not bare:
        return ATOM
    if isinstance(node, cst.BooleanOperation):
        return OR if isinstance(node.operator, cst.Or) else AND
    if isinstance(node, cst.UnaryOperation):
        return NOT if isinstance(node.operator, cst.Not) else UNARY
    if isinstance(node, cst.BinaryOperation):
        return POWER if isinstance(node.operator, cst.Power) else _between(_BINARY[type(node.operator)])
    plain: tuple[tuple[type, float], ...] = (
        (cst.Comparison, COMPARISON),
        (cst.IfExp, CONDITION),
        (cst.Lambda, LAMBDA),
        (cst.Await, AWAIT),
        (cst.NamedExpr, LOOSE),
        (cst.Yield, LOOSE),
        (cst.Tuple, LOOSE),
        (cst.GeneratorExp, LOOSE),
        (cst.StarredElement, LOOSE),
        (cst.Attribute, PRIMARY),
        (cst.Call, PRIMARY),
        (cst.Subscript, PRIMARY),
    )
    return next((level for kind, level in plain if isinstance(node, kind)), ATOM)


def demanded(parent: cst.CSTNode | None, child: cst.CSTNode) -> float:
    """How tightly what stands in ``child``'s place below ``parent`` must hold together."""
    if isinstance(parent, cst.BooleanOperation):
        level = OR if isinstance(parent.operator, cst.Or) else AND
        return level if child is parent.left else level + 1
    if isinstance(parent, cst.UnaryOperation):
        return NOT if isinstance(parent.operator, cst.Not) else UNARY
    if isinstance(parent, (cst.Comparison, cst.ComparisonTarget)):
        return _between(1)
    if isinstance(parent, cst.BinaryOperation):
        if isinstance(parent.operator, cst.Power):
            return AWAIT if child is parent.left else UNARY
        level = _BINARY[type(parent.operator)]
        return _between(level if child is parent.left else level + 1)
    if isinstance(parent, cst.IfExp):
        return CONDITION if child is parent.orelse else OR
    if isinstance(parent, cst.Attribute) or (isinstance(parent, (cst.Call, cst.Subscript)) and _heads(parent, child)):
        return PRIMARY
    if isinstance(parent, cst.Await):
        return PRIMARY
    if isinstance(parent, (cst.CompFor, cst.CompIf, cst.FormattedStringExpression)):
        return OR if not isinstance(parent, cst.FormattedStringExpression) else CONDITION
    if isinstance(parent, cst.StarredElement) or (isinstance(parent, cst.Arg) and parent.star):
        return _between(1)
    return LAMBDA


def _heads(parent: cst.Call | cst.Subscript, child: cst.CSTNode) -> bool:
    return child is (parent.func if isinstance(parent, cst.Call) else parent.value)
