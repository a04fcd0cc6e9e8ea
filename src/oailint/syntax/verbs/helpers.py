"""Helpers that a file defines, told by their structure."""

from __future__ import annotations

import re

import libcst as cst

from oailint.syntax.verbs.tree import Tree, children

_NAME = re.compile(r"with_backoff(_async)?(_\d+)?")
_LIMITER = re.compile(r"limited(_\d+)?")


def defined(tree: Tree) -> dict[str, str]:
    """The helpers at the top of a file, as fixes write them: ``sync`` and ``async`` to the name of the function.

    A function of that name that takes something else than the function to repeat, such as a decorator's options, is
    none.
    """
    found: dict[str, str] = {}
    for node in tree.module.body:
        if isinstance(node, cst.FunctionDef) and (name := _NAME.fullmatch(node.name.value)) and _repeats(node):
            found.setdefault("async" if name[1] else "sync", node.name.value)
    return found


def limiter(tree: Tree) -> str | None:
    """The name of the function at the top of a file, as fixes write it, that awaits its second argument with its first
    one entered; None if there is none."""
    for node in tree.module.body:
        if isinstance(node, cst.FunctionDef) and _LIMITER.fullmatch(node.name.value) and _waits(node):
            return node.name.value
    return None


def _waits(node: cst.FunctionDef) -> bool:
    """Whether a coroutine function awaits its second parameter inside of ``async with`` its first."""
    params = [param.name.value for param in (*node.params.posonly_params, *node.params.params)]
    if node.asynchronous is None or len(params) != 2 or node.params.kwonly_params:
        return False
    pending: list[tuple[cst.CSTNode, bool]] = [(node.body, False)]
    while pending:
        one, is_inside = pending.pop()
        if isinstance(one, cst.With) and one.asynchronous is not None:
            is_inside = is_inside or any(_is_name(item.item, params[0]) for item in one.items)
        if isinstance(one, cst.Await) and is_inside and _is_name(one.expression, params[1]):
            return _gives_back(node)
        pending.extend((child, is_inside) for child in children(one))
    return False


def _gives_back(node: cst.FunctionDef) -> bool:
    pending: list[cst.CSTNode] = [node.body]
    while pending:
        one = pending.pop()
        if isinstance(one, cst.Return) and one.value is not None:
            return True
        pending.extend(children(one))
    return False


def _is_name(node: cst.BaseExpression, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def functions(tree: Tree) -> set[str]:
    """The names of all functions at the top of a file."""
    return {node.name.value for node in tree.module.body if isinstance(node, cst.FunctionDef)}


def _repeats(node: cst.FunctionDef) -> bool:
    """Whether the one thing that a function asks for is a function, which it calls again and again or hands on to be
    called."""
    params = (*node.params.posonly_params, *node.params.params)
    required = [param.name.value for param in params if param.default is None]
    if len(required) != 1 or any(param.default is None for param in node.params.kwonly_params):
        return False
    pending: list[tuple[cst.CSTNode, bool]] = [(node.body, False)]
    while pending:
        one, is_repeated = pending.pop()
        if isinstance(one, cst.Call) and _takes(one, required[0], is_repeated):
            return True
        is_repeated = is_repeated or isinstance(one, (cst.For, cst.While)) or _is_decorated(one)
        pending.extend((child, is_repeated) for child in children(one))
    return False


def _is_decorated(node: cst.CSTNode) -> bool:
    """Whether more stands above a function than what gives it another's name."""
    return isinstance(node, cst.FunctionDef) and any(
        not (isinstance(one.decorator, cst.Call) and _name(one.decorator.func) == "wraps") for one in node.decorators
    )


def _name(node: cst.BaseExpression) -> str:
    return node.attr.value if isinstance(node, cst.Attribute) else node.value if isinstance(node, cst.Name) else ""


def _takes(call: cst.Call, name: str, is_repeated: bool) -> bool:
    """``name(...)`` where it is repeated, ``make(...)(name)`` or ``send(name, *args)``."""
    if _is_name(call.func, name):
        return is_repeated
    if not any(_is_name(arg.value, name) and not arg.star for arg in call.args):
        return False
    return isinstance(call.func, cst.Call) or any(arg.star for arg in call.args)
