"""Assignments that nothing reads any more, taken away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import libcst as cst

from oailint.facts import Span
from oailint.syntax.verbs.splices import Group, Splice, overlap
from oailint.syntax.verbs.tree import Tree, children

_TEXTS = frozenset(("str", "repr", "type", "traceback.format_exc"))
_STEPS = frozenset(("lower", "upper", "casefold", "strip", "split", "replace", "format_exc"))
"""What makes a text and does nothing else: functions, and methods."""
_PARTS = (
    cst.Name, cst.Attribute, cst.Subscript, cst.SubscriptElement, cst.Index, cst.Slice, cst.SimpleString, cst.Integer,
    cst.FormattedString, cst.FormattedStringText, cst.FormattedStringExpression, cst.Arg, cst.Call,
)  # fmt: skip


def unread(tree: Tree, spans: Iterable[Span], groups: Sequence[Group]) -> list[Group]:
    """The removal of those assignments at ``spans`` whose name nothing in their function mentions once ``groups`` are
    made. One that does more than to make a text stays, and one that a comment speaks of."""
    gone = [(one.start, one.end) for group in groups for one in group]
    contents = [name for group in groups for one in group for name in _words(one.content)]
    wanted = {tree.range(span)[0] for span in spans}
    lines = [
        node for node in _walk(tree.module)
        if isinstance(node, cst.SimpleStatementLine) and tree.inner(node.body[0])[0] in wanted
    ]  # fmt: skip
    going: list[cst.SimpleStatementLine] = []
    pending = True
    while pending:
        pending = False
        for line in [one for one in lines if one not in going]:
            name = _assigned(line)
            if (
                name
                and name not in contents
                and not _is_mentioned(tree, line, name, gone)
                and _may_go(tree, line, going)
            ):
                going.append(line)
                gone.append(_whole(tree, line))
                pending = True
    found: list[Group] = [(Splice(*_with_space(tree, line, going), ""),) for line in going]
    return [one for one in found if not any(overlap(one, other) for other in groups)]


def _words(content: str) -> list[str]:
    return "".join(char if char.isalnum() or char == "_" else " " for char in content).split()


def _walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    pending = [node]
    while pending:
        one = pending.pop()
        yield one
        pending.extend(children(one))


def _assigned(line: cst.SimpleStatementLine) -> str:
    """The one name that a line does nothing but assign a text to; empty if there is none."""
    statement = line.body[0]
    if len(line.body) > 1 or not isinstance(statement, cst.Assign) or len(statement.targets) > 1:
        return ""
    target = statement.targets[0].target
    return target.value if isinstance(target, cst.Name) and _is_plain(statement.value) else ""


def _is_plain(value: cst.BaseExpression) -> bool:
    for node in _walk(value):
        if isinstance(node, cst.BaseExpression) and not isinstance(node, _PARTS):
            return False
        if isinstance(node, cst.Call):
            func = node.func
            if isinstance(func, cst.Name) and func.value in _TEXTS:
                continue
            if not (isinstance(func, cst.Attribute) and func.attr.value in _STEPS):
                return False
    return True


def _is_mentioned(tree: Tree, line: cst.SimpleStatementLine, name: str, gone: Sequence[tuple[int, int]]) -> bool:
    """Whether the name stands elsewhere in the function around ``line`` than in what goes. Outside of functions it may
    be read from anywhere."""
    function = next((one for one in tree.ancestors(line) if isinstance(one, (cst.FunctionDef, cst.ClassDef))), None)
    if not isinstance(function, cst.FunctionDef):
        return True
    own = tree.inner(line.body[0])[0]
    for node in _walk(function):
        if isinstance(node, cst.Name) and node.value == name:
            start = tree.inner(node)[0]
            if start != own and not any(low <= start < high for low, high in gone):
                return True
    return False


def _whole(tree: Tree, line: cst.SimpleStatementLine) -> tuple[int, int]:
    start, end = tree.inner(line.body[0])
    return tree.line_start(start), tree.next_line(end)


def _may_go(tree: Tree, line: cst.SimpleStatementLine, going: Sequence[cst.CSTNode]) -> bool:
    """Whether something is left in the block of a line, and no comment speaks of it."""
    block = tree.parent(line)
    if not isinstance(block, cst.IndentedBlock) or all(one is line or one in going for one in block.body):
        return False
    start, end = _whole(tree, line)
    above = tree.text[:start].rstrip("\r\n").replace("\r", "\n").rpartition("\n")[2]
    return not tree.comments(start, end) and not above.strip().startswith("#")


def _with_space(tree: Tree, line: cst.SimpleStatementLine, going: Sequence[cst.CSTNode]) -> tuple[int, int]:
    """The place of a line, with the empty lines after it if nothing before it stays in its block."""
    start, end = _whole(tree, line)
    block = tree.parent(line)
    assert isinstance(block, cst.IndentedBlock)
    if all(one in going for one in block.body[: list(block.body).index(line)]):
        while end < len(tree.text) and not tree.text[end : tree.next_line(end)].strip():
            end = tree.next_line(end)
    return start, end
