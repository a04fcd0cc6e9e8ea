"""Arguments of a call set and taken away, in the layout that the call has."""

from __future__ import annotations

import libcst as cst

from oailint.facts import Span
from oailint.syntax.verbs.splices import Group, Refused, Splice
from oailint.syntax.verbs.tree import Tree


def set_argument(tree: Tree, call: Span, keyword: str, value: str) -> Group:
    """``keyword=value`` in the call, in place of the present one if there is one. No splice if it is there already."""
    node = _call(tree, call)
    for arg in node.args:
        if arg.keyword is not None and arg.keyword.value == keyword:
            start, end = tree.outer(arg.value)
            if tree.text[start:end] == value:
                return ()
            tree.keep_comments(start, end)
            tree.check_in_string(arg.value, value)
            return (Splice(start, end, value),)
    tree.check_in_string(node, value)
    return _added(tree, node, f"{keyword}={value}")


def drop_argument(tree: Tree, call: Span, keyword: str) -> Group:
    """The argument ``keyword=...`` taken away. No splice if there is none."""
    node = _call(tree, call)
    index = next((at for at, arg in enumerate(node.args) if arg.keyword and arg.keyword.value == keyword), None)
    if index is None:
        return ()
    start, end = _extent(tree, node, index)
    tree.keep_comments(start, end)
    return (Splice(start, end, ""),)


def _call(tree: Tree, span: Span) -> cst.Call:
    node = tree.expression(span)
    if not isinstance(node, cst.Call):
        raise Refused("no call stands at this place")
    return node


def _added(tree: Tree, node: cst.Call, content: str) -> Group:
    args = node.args
    unpacked = next((at for at, arg in enumerate(args) if arg.star == "**"), len(args))
    if unpacked == 0 and args:
        start, _ = tree.inner(args[0])
        lone = _own_line(tree, node, 0)
        return (Splice(start, start, f"{content},{tree.newline + tree.margin(start) if lone else ' '}"),)
    if not args:
        return _first(tree, node, content)
    last = args[unpacked - 1]
    if isinstance(last.value, cst.GeneratorExp) and not last.value.lpar:
        raise Refused("the call's only argument is a generator without parentheses of its own")
    _, end = tree.inner(last)
    comma = _comma(tree, node, unpacked - 1)
    if not _own_line(tree, node, unpacked - 1):
        if comma is None:
            return (Splice(end, end, f", {content}"),)
        return (Splice(comma, comma, f" {content},"),)
    line = f"{tree.newline}{tree.margin(tree.inner(last)[0])}{content}"
    at = _after_comment(tree, end if comma is None else comma)
    if comma is not None:
        return (Splice(at, at, f"{line},"),)
    if at == end:
        return (Splice(end, end, f",{line}"),)
    return (Splice(end, end, ","), Splice(at, at, line))


def _first(tree: Tree, node: cst.Call, content: str) -> Group:
    """The only argument: before the closing parenthesis, or in the place of plain space."""
    _, end = tree.inner(node)
    close = end - 1
    start = close
    while tree.text[start - 1] in " \t":
        start -= 1
    if tree.text[start - 1] == "(":
        return (Splice(start, close, content),)
    return (Splice(close, close, content),)


def _own_line(tree: Tree, node: cst.Call, index: int) -> bool:
    """Whether the argument begins a line, as the arguments of this call do."""
    start, _ = tree.inner(node.args[index])
    return not tree.text[tree.line_start(start) : start].strip()


def _comma(tree: Tree, node: cst.Call, index: int) -> int | None:
    """The offset behind the comma after an argument; None if there is no comma."""
    if not isinstance(node.args[index].comma, cst.Comma):
        return None
    _, at = tree.inner(node.args[index])
    comments = dict(tree.comments(at, tree.inner(node)[1]))
    while tree.text[at] != ",":
        at = comments.get(at, at + 1)
    return at + 1


def _after_comment(tree: Tree, offset: int) -> int:
    """The end of the line, if only a comment stands between it and ``offset``."""
    end = tree.line_end(offset)
    rest = tree.text[offset:end].strip()
    return end if rest.startswith("#") else offset


def _extent(tree: Tree, node: cst.Call, index: int) -> tuple[int, int]:
    """What goes with an argument: its comma, and the lines that it alone takes."""
    start, end = tree.inner(node.args[index])
    comma = _comma(tree, node, index)
    stop = end if comma is None else comma
    line_end = tree.line_end(stop)
    is_alone = _own_line(tree, node, index) and not _code(tree, stop, line_end)
    if is_alone and (comma is not None or index == 0):
        return tree.line_start(start), tree.next_line(stop)
    if index + 1 < len(node.args):
        return start, tree.inner(node.args[index + 1])[0]
    if index == 0:
        return start, stop
    before = _comma(tree, node, index - 1)
    assert before is not None
    if comma is not None:
        return before, comma
    return tree.inner(node.args[index - 1])[1], end


def _code(tree: Tree, start: int, end: int) -> bool:
    """Whether anything but whitespace and a comment stands there."""
    rest = tree.text[start:end].strip()
    return bool(rest) and not rest.startswith("#")
