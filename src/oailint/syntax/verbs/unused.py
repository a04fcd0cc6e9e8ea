"""Imports that nothing uses any more, taken away."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

import libcst as cst

from oailint.syntax.verbs.splices import Group, Splice, apply
from oailint.syntax.verbs.tree import Tree, children, render

_LIBRARIES = frozenset(sys.stdlib_module_names) | {"backoff", "retrying", "stamina", "tenacity"}
"""What can be imported for nothing but its use. Another module may do something when it is imported."""
_QUOTED = re.compile(r"""(['"])[\w.\[\]|, ]+\1""")
"""A text that may name something, as in ``__all__`` or an annotation."""
_WORD = re.compile(r"\w+")


def without_unused(old: Tree, groups: Sequence[Group], text: str) -> str:
    """``text``, which ``groups`` have made of ``old``, without the imports whose last use they took away."""
    gone = [(one.start, one.end) for group in groups for one in group if one.start < one.end]
    lost = {
        node.value for node in _code(old.module)
        if isinstance(node, cst.Name) and any(low <= old.inner(node)[0] < high for low, high in gone)
    }  # fmt: skip
    if not lost:
        return text
    try:
        tree = Tree(text)
    except cst.ParserSyntaxError:
        return text  # whoever asked sees that it is not sound
    lost -= set(_used(tree))
    imports = list(_imports(tree.module)) if lost else []
    times = Counter(
        _bound(alias) for one in imports if not isinstance(one.names, cst.ImportStar) for alias in one.names
    )
    lost = {name for name in lost if times[name] == 1}
    removed = [
        group for line in tree.module.body
        if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
        if not any(one.comment for one in line.leading_lines)
        for group in _removal(tree, line.body[0], lost)
    ]  # fmt: skip
    return apply(text, removed)


def _code(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """All nodes but imports."""
    pending = [node]
    while pending:
        one = pending.pop()
        if not isinstance(one, (cst.Import, cst.ImportFrom)):
            yield one
            pending.extend(children(one))


def _imports(node: cst.CSTNode) -> Iterator[cst.Import | cst.ImportFrom]:
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, (cst.Import, cst.ImportFrom)):
            yield one
        elif not isinstance(one, cst.BaseExpression):
            pending.extend(children(one))


def _used(tree: Tree) -> Iterator[str]:
    for node in _code(tree.module):
        if isinstance(node, cst.Name):
            yield node.value
        elif isinstance(node, cst.SimpleString) and _QUOTED.fullmatch(node.value):
            yield from _WORD.findall(node.value)


def _bound(alias: cst.ImportAlias) -> str:
    name = alias.asname.name if alias.asname is not None else alias.name
    return render(name).strip().split(".")[0]


def _removal(tree: Tree, node: cst.BaseSmallStatement, lost: set[str]) -> Iterator[Group]:
    """What takes the names of ``lost`` out of an import that has no comment."""
    if not isinstance(node, (cst.Import, cst.ImportFrom)) or isinstance(node.names, cst.ImportStar):
        return
    start, end = tree.inner(node)
    start, end = tree.line_start(start), tree.next_line(end)
    if tree.comments(start, end) or (isinstance(node, cst.ImportFrom) and node.relative):
        return
    going = [
        _bound(alias) in lost
        and render(node.module if isinstance(node, cst.ImportFrom) and node.module else alias.name).split(".")[0]
        in _LIBRARIES
        for alias in node.names
    ]
    places = [tree.inner(alias) for alias in node.names]
    if all(going):
        yield (Splice(*_with_space(tree.text, start, end), ""),)
        return
    last = max(index for index, goes in enumerate(going) if not goes)
    yield from ((Splice(places[at][0], places[at + 1][0], ""),) for at in range(last) if going[at])
    if last < len(going) - 1:
        yield (Splice(places[last][1], places[-1][1], ""),)


def _with_space(text: str, start: int, end: int) -> tuple[int, int]:
    """The place of a line, with the empty lines before it if there are some behind it as well."""
    head = text[:start].rstrip(" \t\r\n")
    rest = text[end:].lstrip("\r\n")
    if not head:
        return start, len(text) - len(rest)
    if len(rest) < len(text) - end or not rest:
        newline = re.match(r"[ \t]*(\r\n|\r|\n)", text[len(head) :])
        return len(head) + (newline.end() if newline else 0), end
    return start, end
