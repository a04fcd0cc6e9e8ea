"""Where the nodes of a module stand in its text: told by counting tokens.

Each kind of node is made of known tokens (see ``recipes``), so that the order of nodes and tokens alone gives the
places of all: blanks and comments are never looked at. The inside of f-strings is read along with their nodes. Where
the counts do not add up, because libcst has nodes that are unknown here or reads a text in another way, the places come
from its code generator, at many times the cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oailint.facts import Span
from oailint.syntax import nodes
from oailint.syntax.counting import VISITORS, Marks
from oailint.syntax.lines import Lines
from oailint.syntax.tokens import Tokens

if TYPE_CHECKING:
    import libcst

_PART = 5_000
"""Characters of a part of a text that is parsed at once."""


class Places:
    """Places of nodes of ``nodes``, whitespace and a node's own parentheses excluded.

    They are known for the kinds of nodes whose recipe says so, and as long as the module that they belong to is alive.
    All methods raise ``KeyError`` for others.
    """

    __slots__ = ("_marks", "_tokens", "lines")

    def __init__(self, lines: Lines, tokens: Tokens, marks: Marks) -> None:
        self.lines = lines
        self._tokens = tokens
        self._marks = marks

    def start(self, node: Any) -> int:
        """The offset at which ``node`` starts."""
        return self._tokens.starts[self._marks[id(node)][0]]

    def end(self, node: Any) -> int:
        """The offset at which ``node`` ends."""
        return self._tokens.end(self._marks[id(node)][1] - 1)

    def before(self, node: Any) -> int:
        """The offset at which the token before ``node`` ends."""
        return self._tokens.end(self._marks[id(node)][0] - 1)

    def header_end(self, suite: Any) -> int:
        """The offset after the colon before ``suite``."""
        return self._tokens.end(self._marks.headers[id(suite)])

    def span(self, node: Any) -> Span:
        """Where ``node`` stands."""
        start, end = self._marks[id(node)]
        tokens = self._tokens
        return self.lines.span(tokens.starts[start], tokens.end(end - 1))

    def comments(self) -> list[tuple[int, int]]:
        """The places of all comments."""
        return self._tokens.comments(self._marks.size)


class _Known(Places):
    """Places that were told otherwise."""

    __slots__ = ("_comments", "_headers", "_spans")

    def __init__(
        self,
        lines: Lines,
        spans: dict[int, tuple[int, int]],
        headers: dict[int, int],
        comments: list[tuple[int, int]],
    ) -> None:
        self.lines = lines
        self._spans = spans
        self._headers = headers
        self._comments = comments

    def start(self, node: Any) -> int:
        return self._spans[id(node)][0]

    def end(self, node: Any) -> int:
        return self._spans[id(node)][1]

    before = start
    """The clauses of a comprehension are recorded together with the blanks before them."""

    def header_end(self, suite: Any) -> int:
        return self._headers[id(suite)]

    def span(self, node: Any) -> Span:
        return self.lines.span(*self._spans[id(node)])

    def comments(self) -> list[tuple[int, int]]:
        return self._comments


def read(text: str, tokens: Tokens) -> tuple[libcst.Module, Places]:
    """The module that ``text`` holds, of the classes of ``nodes``, and where they stand.

    ``tokens`` are those of ``text``. Raises ``nodes.Refused``.
    """
    if not nodes.is_safe():
        return generated(text)
    try:
        module = nodes.parse(text, tokens.cuts(_PART))
    except TypeError:  # fields that are not in the table
        return generated(text)
    places = counted(module, tokens)
    return (module, places) if places is not None else generated(text)


def counted(module: libcst.Module, tokens: Tokens) -> Places | None:
    """The places of the nodes of ``module``, which ``nodes.parse`` made of the text of ``tokens``; None if unknown."""
    marks = Marks(tokens)
    try:
        count = VISITORS[type(module)](marks, module, 0)
    except (LookupError, ValueError, AttributeError, TypeError):
        return None
    return Places(Lines(tokens.text), tokens, marks) if count == marks.size else None


def generated(text: str) -> tuple[libcst.Module, Places]:
    """The same as ``read`` from libcst's own nodes and its code generator."""
    import libcst

    from oailint.syntax.offsets import positions

    try:
        original = libcst.parse_module(text)
    except libcst.ParserSyntaxError as error:
        raise nodes.Refused(error.editor_line, error.editor_column) from None
    found = positions(original, text, comments=True)
    copies: dict[int, Any] = {}
    module = nodes.copied(original, copies)
    spans = {id(copies[key]): span for key, span in found.spans.items() if key in copies}
    headers = {id(copies[key]): end for key, end in found.headers.items()}
    return module, _Known(found.lines, spans, headers, list(found.comments))
