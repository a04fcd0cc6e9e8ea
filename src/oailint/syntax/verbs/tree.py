"""A parsed text in which nodes are found by their place."""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Iterator, Sequence
from functools import cache

import libcst as cst

from oailint.facts import Span
from oailint.syntax.extract import fast_and_deep
from oailint.syntax.lines import Lines
from oailint.syntax.offsets import positions
from oailint.syntax.verbs.splices import Refused

Node = cst.CSTNode
"""For those who hand nodes on and do not look into them."""

_BLANK = cst.Module(body=[])
_TRIVIA = (cst.BaseParenthesizableWhitespace, cst.TrailingWhitespace, cst.EmptyLine, cst.Newline, cst.Comment)


class Tree:
    """The tree of ``text``, which must be readable. Offsets count characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        with fast_and_deep():
            self.module = cst.parse_module(text)
            places = positions(self.module, text, comments=True, every=True)
        self.lines: Lines = places.lines
        self.newline: str = self.module.default_newline
        self.indent: str = self.module.default_indent
        self._spans = places.spans
        self._comments = sorted(places.comments)
        self._parents: dict[int, cst.CSTNode] = {}
        self._expressions: dict[tuple[int, int], cst.BaseExpression] = {}
        self._bodies: list[tuple[int, int]] = []
        self._index()

    def _index(self) -> None:
        pending: list[cst.CSTNode] = [self.module]
        while pending:
            node = pending.pop()
            if isinstance(node, cst.BaseExpression) and id(node) in self._spans:
                self._expressions.setdefault(self._spans[id(node)], node)
            elif isinstance(node, cst.FunctionDef):
                self._bodies.append((self._spans[id(node.body)][0], self._spans[id(node)][1]))
            for child in children(node):
                self._parents[id(child)] = node
                pending.append(child)

    # --- places ---------------------------------------------------------------------------------

    def range(self, span: Span) -> tuple[int, int]:
        """The offsets of ``span``. Raises Refused if the text has no such place."""
        starts = self.lines.starts
        if not (1 <= span.line <= len(starts) and 1 <= span.end_line <= len(starts)):
            raise Refused("the place is not in the file")
        start, end = self.lines.offset(span.line, span.column), self.lines.offset(span.end_line, span.end_column)
        if not 0 <= start <= end <= len(self.text):
            raise Refused("the place is not in the file")
        return start, end

    def expression(self, span: Span) -> cst.BaseExpression:
        """The expression at ``span``, its own parentheses excluded. Raises Refused if there is none."""
        found = self._expressions.get(self.range(span))
        if found is None:
            raise Refused("no expression stands at this place")
        return found

    def inner(self, node: cst.CSTNode) -> tuple[int, int]:
        """The offsets of ``node`` without its own parentheses."""
        return self._spans[id(node)]

    def outer(self, node: cst.CSTNode) -> tuple[int, int]:
        """The offsets of ``node`` with its own parentheses. Raises Refused if they cannot be found."""
        start, end = self._spans[id(node)]
        if isinstance(node, cst.BaseExpression) and node.lpar:
            start -= sum(len(render(one)) for one in node.lpar)
            end += sum(len(render(one)) for one in node.rpar)
            if self.text[start : start + 1] != "(" or self.text[end - 1 : end] != ")":
                raise Refused("its parentheses are laid out in an unusual way")
        return start, end

    def source(self, node: cst.CSTNode) -> str:
        """The text of ``node``, its own parentheses excluded."""
        start, end = self._spans[id(node)]
        return self.text[start:end]

    def comments(self, start: int, end: int) -> list[tuple[int, int]]:
        """The places of the comments that begin from ``start`` up to ``end``."""
        low = bisect.bisect_left(self._comments, (start, -1))
        high = bisect.bisect_left(self._comments, (end, -1))
        return self._comments[low:high]

    def keep_comments(self, start: int, end: int, kept: Sequence[tuple[int, int]] = ()) -> None:
        """Raises Refused if a comment stands between ``start`` and ``end`` and in none of the ranges ``kept``."""
        for place, _ in self.comments(start, end):
            if not any(low <= place < high for low, high in kept):
                raise Refused("a comment inside would be lost")

    def line_start(self, offset: int) -> int:
        """Where the line begins that ``offset`` is on."""
        return self.lines.starts[self.lines.line(offset) - 1]

    def line_end(self, offset: int) -> int:
        """Where the line of ``offset`` ends, before its newline."""
        end = self.next_line(offset)
        while end > offset and self.text[end - 1] in "\r\n":
            end -= 1
        return end

    def next_line(self, offset: int) -> int:
        """Where the line after that of ``offset`` begins, or the text ends."""
        line = self.lines.line(offset)
        return self.lines.starts[line] if line < len(self.lines.starts) else len(self.text)

    def margin(self, offset: int) -> str:
        """The whitespace that the line of ``offset`` begins with."""
        line = self.text[self.line_start(offset) : self.line_end(offset)]
        return line[: len(line) - len(line.lstrip(" \t\f"))]

    # --- surroundings ---------------------------------------------------------------------------

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node that ``node`` is a part of."""
        return self._parents.get(id(node))

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around ``node``, from the inside to the outside."""
        current = self.parent(node)
        while current is not None:
            yield current
            current = self.parent(current)

    def is_enclosed(self, node: cst.BaseExpression) -> bool:
        """Whether a newline in the place of ``node`` is only whitespace, for brackets are around it."""
        below: cst.CSTNode = node
        if node.lpar:
            return True
        for one in self.ancestors(node):
            if isinstance(one, cst.FormattedStringExpression):
                return False
            if isinstance(one, (cst.List, cst.Set, cst.Dict, cst.ListComp, cst.SetComp, cst.DictComp)):
                return True
            if isinstance(one, cst.BaseExpression) and one.lpar:
                return True
            if isinstance(one, (cst.Call, cst.Subscript)) and isinstance(below, (cst.Arg, cst.SubscriptElement)):
                return True
            if isinstance(one, cst.BaseStatement):
                return False
            below = one
        return False

    def is_late(self, offset: int) -> bool:
        """Whether the code at ``offset`` is in a function, so that it runs when the whole module is there."""
        return any(start <= offset < end for start, end in self._bodies)

    def check_in_string(self, node: cst.CSTNode, content: str) -> None:
        """Raises Refused if ``node`` is in a formatted string that older Pythons could not read with ``content``."""
        inside = any(isinstance(one, cst.FormattedStringExpression) for one in self.ancestors(node))
        if inside and not set("\"'\\\r\n#").isdisjoint(content):
            raise Refused("it stands in a formatted string, which could not hold the new text before Python 3.12")


def render(node: cst.CSTNode) -> str:
    """``node`` alone, as libcst writes it."""
    return _BLANK.code_for_node(node)


def around(build: cst.CSTNode, hole: str) -> tuple[str, str]:
    """What libcst writes before and after the name ``hole`` in a new node."""
    before, _, after = render(build).partition(hole)
    return before, after


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(one.name for one in dataclasses.fields(kind))


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The parts of ``node`` that are code."""
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            if not isinstance(value, _TRIVIA):
                yield value
        elif isinstance(value, (list, tuple)):
            yield from (one for one in value if isinstance(one, cst.CSTNode) and not isinstance(one, _TRIVIA))
