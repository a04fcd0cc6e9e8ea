"""A request put under backoff where it stands, or a coroutine handed to a function."""

from __future__ import annotations

import libcst as cst

from oailint.facts import Span
from oailint.syntax.verbs.splices import Group, Refused, Splice
from oailint.syntax.verbs.tree import Tree, around

_HOLE = "_hole_"


def wrapped(tree: Tree, target: Span, name: str) -> Group:
    """``target`` made the argument of ``name(...)``; ``name`` may be dotted."""
    node = tree.expression(target)
    start, end = tree.inner(node)
    if isinstance(node, (cst.GeneratorExp, cst.Tuple, cst.NamedExpr, cst.Yield)):
        raise Refused("what is called here is not a plain expression")
    before, after = around(cst.Call(cst.parse_expression(name), [cst.Arg(cst.Name(_HOLE))]), _HOLE)
    return (Splice(start, start, before), Splice(end, end, after))


def handed(tree: Tree, call: Span, name: str, first: str) -> Group:
    """The call made the second argument of ``name(first, ...)``."""
    node = tree.expression(call)
    if not isinstance(node, cst.Call):
        raise Refused("no call stands at this place")
    start, end = tree.inner(node)
    return (Splice(start, start, f"{name}({first}, "), Splice(end, end, ")"))


def with_options(tree: Tree, target: Span, depth: int, retries: int) -> Group:
    """``.with_options(max_retries=...)`` behind the client's expression: ``target`` less ``depth`` attributes."""
    client = tree.expression(target)
    for _ in range(depth):
        if not isinstance(client, cst.Attribute):
            raise Refused("the client is not written where the request is")
        client = client.value
    _, end = tree.outer(client)
    value = cst.Arg(cst.Integer(str(retries)), keyword=cst.Name("max_retries"), equal=_PLAIN_EQUAL)
    call = cst.Call(cst.Attribute(cst.Name(_HOLE), cst.Name("with_options")), [value])
    return (Splice(end, end, around(call, _HOLE)[1]),)


_PLAIN_EQUAL = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
