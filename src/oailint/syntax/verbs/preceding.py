"""A statement put before another one, and the name of what it makes."""

from __future__ import annotations

import libcst as cst

from oailint.facts import Span
from oailint.syntax.verbs.splices import Group, Refused, Splice
from oailint.syntax.verbs.tree import Tree, children, render


def preceded(tree: Tree, place: Span, content: str) -> Group:
    """The statement ``content`` before the one that begins or stands around ``place``, above comments that lead to it.

    No splice if it stands there already.
    """
    start = tree.inner(_statement(tree, tree.range(place)[0]))[0]
    margin = tree.text[tree.line_start(start) : start]
    if margin.strip():
        raise Refused("the statement does not begin a line")
    at = tree.lines.line(start)
    while at > 1 and _line(tree, at - 1).startswith(f"{margin}#"):
        at -= 1
    if at > 1 and _line(tree, at - 1) == margin + content:
        return ()
    first = tree.lines.starts[at - 1]
    return (Splice(first, first, f"{margin}{content}{tree.newline}"),)


def _statement(tree: Tree, offset: int) -> cst.CSTNode:
    """The statement of its own lines that ``offset`` is in, the innermost one."""
    found: list[cst.CSTNode] = []
    pending: list[cst.CSTNode] = [tree.module]
    while pending:
        node = pending.pop()
        if isinstance(node, (cst.BaseStatement, cst.SimpleStatementSuite)):
            start, end = tree.inner(node)
            if not start <= offset < end:
                continue
            if isinstance(node, cst.SimpleStatementSuite):
                raise Refused("it stands on the line of a compound statement")
            found.append(node)
            pending.clear()
        pending += [one for one in children(node) if not isinstance(one, cst.BaseExpression)]
    if not found:
        raise Refused("no statement stands at this place")
    node = found[-1]
    while isinstance(node, cst.If) and isinstance(parent := tree.parent(node), cst.If) and parent.orelse is node:
        node = parent  # before an elif there is no place
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        raise Refused("it stands in the head of a function or class")
    return node


def _line(tree: Tree, number: int) -> str:
    start = tree.lines.starts[number - 1]
    return tree.text[start : tree.line_end(start)]


def local_name(tree: Tree, place: Span, name: str, value: str) -> str:
    """``name``, or it with a number, for a variable of the function around the expression at ``place``, whose value is
    always ``value``."""
    function = next((one for one in tree.ancestors(tree.expression(place)) if isinstance(one, cst.FunctionDef)), None)
    if function is None:
        raise Refused("it does not stand in a function")
    candidate, number = name, 2
    while not _is_free(function, candidate, value):
        candidate, number = f"{name}_{number}", number + 1
    return candidate


def _is_free(function: cst.FunctionDef, name: str, value: str) -> bool:
    """Whether a function does not use a name, or only for ``value``, as fixes before have it."""
    used = made = read = 0
    pending: list[cst.CSTNode] = [function]
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Name) and node.value == name:
            used += 1
        elif isinstance(node, cst.Assign) and len(node.targets) == 1 and render(node.targets[0].target) == name:
            made += render(node.value) == value
        elif isinstance(node, cst.Call) and node.args and isinstance(node.args[0].value, cst.Name):
            read += len(node.args) == 2 and node.args[0].value.value == name
        pending.extend(children(node))
    return used == made + read and (made > 0 or not used)
