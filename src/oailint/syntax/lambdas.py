"""Parameters, and the functions that are expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oailint.facts import Expr, Lambda, Parameter, Return
from oailint.syntax import secrets
from oailint.syntax.walk import Walk

if TYPE_CHECKING:
    import libcst as cst
else:
    from oailint.syntax import nodes as cst


def parameters(walk: Walk, node: cst.Parameters) -> tuple[Parameter, ...]:
    """The parameters in their order. Defaults and annotations are evaluated where the function is written."""
    found = [_parameter(walk, one, "positional") for one in (*node.posonly_params, *node.params)]
    if isinstance(node.star_arg, cst.Param):
        found.append(_parameter(walk, node.star_arg, "args"))
    found += [_parameter(walk, one, "keyword") for one in node.kwonly_params]
    if node.star_kwarg is not None:
        found.append(_parameter(walk, node.star_kwarg, "kwargs"))
    return tuple(found)


def _parameter(walk: Walk, node: cst.Param, kind: str) -> Parameter:
    name = node.name.value
    default = None if node.default is None else secrets.named(walk, node.default, name)
    annotation = None if node.annotation is None else walk.expr(node.annotation.annotation)
    return Parameter(name, kind, default, annotation)


def lambda_(walk: Walk, node: cst.Lambda) -> Expr:
    """A lambda: a scope that returns its body."""
    found = parameters(walk, node.params)
    span = walk.span(node)
    scope = walk.open_scope("lambda", "", span)
    scope.parameters = found

    def fill() -> None:
        scope.statements.append(Return(walk.expr(node.body), 0, span))

    walk.inside(scope, fill)
    return Lambda(scope.index)
