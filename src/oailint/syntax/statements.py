"""Simple statements as facts, and the list of all kinds of statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from oailint.facts import Assign, Evaluate, Expr, Import, Jump, Name, Other, Raise, Return, Sequence
from oailint.syntax import operators, secrets
from oailint.syntax.expressions import element
from oailint.syntax.walk import Walk

if TYPE_CHECKING:
    import libcst as cst
else:
    from oailint.syntax import nodes as cst


def _assign(walk: Walk, node: cst.Assign) -> None:
    nodes = [one.target for one in node.targets]
    value = _value(walk, node.value, nodes)
    targets = tuple([walk.expr(one) for one in nodes])
    _add(walk, Assign(targets, value, None, "", walk.region, walk.span(node)))


def _value(walk: Walk, node: cst.BaseExpression, targets: list[cst.BaseAssignTargetExpression]) -> Expr:
    if any(map(secrets.is_secret_target, targets)):
        return secrets.hidden(walk, node)
    target = targets[0]
    if (
        isinstance(node, (cst.Tuple, cst.List))
        and isinstance(target, (cst.Tuple, cst.List))
        and len(node.elements) == len(target.elements)
    ):
        pairs = zip(target.elements, node.elements, strict=False)
        items = tuple(
            [
                secrets.hidden(walk, right.value) if secrets.is_secret_target(left.value) else element(walk, right)
                for left, right in pairs
            ]
        )
        return Sequence("tuple" if isinstance(node, cst.Tuple) else "list", items)
    return walk.expr(node)


def _annotated(walk: Walk, node: cst.AnnAssign) -> None:
    value = None if node.value is None else _value(walk, node.value, [node.target])
    annotation = walk.expr(node.annotation.annotation)
    _add(walk, Assign((walk.expr(node.target),), value, annotation, "", walk.region, walk.span(node)))


def _augmented(walk: Walk, node: cst.AugAssign) -> None:
    value = _value(walk, node.value, [node.target])
    operator = operators.AUGMENTED[type(node.operator)]
    _add(walk, Assign((walk.expr(node.target),), value, None, operator, walk.region, walk.span(node)))


def _alias(walk: Walk, node: cst.TypeAlias) -> None:
    _add(walk, Assign((Name(node.name.value),), walk.expr(node.value), None, "", walk.region, walk.span(node)))


def _expression(walk: Walk, node: cst.Expr) -> None:
    _add(walk, Evaluate(walk.expr(node.value), walk.region, walk.span(node)))


def _assert(walk: Walk, node: cst.Assert) -> None:
    children = tuple([walk.expr(one) for one in (node.test, node.msg) if one is not None])
    _add(walk, Evaluate(Other(children), walk.region, walk.span(node)))


def _delete(walk: Walk, node: cst.Del) -> None:
    target = node.target
    children = [one.value for one in target.elements] if isinstance(target, (cst.Tuple, cst.List)) else [target]
    _add(walk, Evaluate(Other(tuple([walk.expr(one) for one in children])), walk.region, walk.span(node)))


def _return(walk: Walk, node: cst.Return) -> None:
    _add(walk, Return(walk.optional(node.value), walk.region, walk.span(node)))


def _raise(walk: Walk, node: cst.Raise) -> None:
    value = walk.optional(node.exc)
    cause = None if node.cause is None else walk.expr(node.cause.item)
    _add(walk, Raise(value, cause, walk.region, walk.span(node)))


def _jump(walk: Walk, node: cst.Pass | cst.Break | cst.Continue) -> None:
    _add(walk, Jump(type(node).__name__.lower(), walk.region, walk.span(node)))


def _import(walk: Walk, node: cst.Import) -> None:
    span = walk.span(node)
    for one in node.names:
        _add(walk, Import(_dotted(one.name), "", _as(one), 0, walk.region, span))


def _import_from(walk: Walk, node: cst.ImportFrom) -> None:
    module = "" if node.module is None else _dotted(node.module)
    span, level = walk.span(node), len(node.relative)
    if isinstance(node.names, cst.ImportStar):
        _add(walk, Import(module, "*", "", level, walk.region, span))
        return
    for one in node.names:
        _add(walk, Import(module, _dotted(one.name), _as(one), level, walk.region, span))


def _dotted(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def _as(node: cst.ImportAlias) -> str:
    name = None if node.asname is None else node.asname.name
    return name.value if isinstance(name, cst.Name) else ""


def _global(walk: Walk, node: cst.Global) -> None:
    walk.scope.globals += [one.name.value for one in node.names]


def _nonlocal(walk: Walk, node: cst.Nonlocal) -> None:
    walk.scope.nonlocals += [one.name.value for one in node.names]


def _add(walk: Walk, statement: Any) -> None:
    walk.scope.statements.append(statement)


SIMPLE: dict[type, Callable[[Walk, Any], None]] = {
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
    cst.TypeAlias: _alias,
    cst.Expr: _expression,
    cst.Assert: _assert,
    cst.Del: _delete,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.Pass: _jump,
    cst.Break: _jump,
    cst.Continue: _jump,
    cst.Import: _import,
    cst.ImportFrom: _import_from,
    cst.Global: _global,
    cst.Nonlocal: _nonlocal,
}
