"""Where the nodes of a libcst module stand in its text.

One run of libcst's own code generator, with a state that only counts tokens, gives the same
positions as ``libcst.metadata.PositionProvider`` at a fraction of its cost. The state relies on
private names of libcst; a contract test compares the two, and where the private names are not as
expected ``positions`` falls back to the provider itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from itertools import accumulate

import libcst as cst

from oailint.facts import Span
from oailint.syntax.lines import Lines

_TEXTS = tuple(getattr(cst, name) for name in ("FormattedStringText", "TemplatedStringText") if hasattr(cst, name))
_SUITES = (cst.IndentedBlock, cst.SimpleStatementSuite)
_CLAUSES = frozenset({cst.CompFor, cst.CompIf})
_UNUSED = frozenset({cst.Name, cst.Arg, cst.Param, cst.Element, cst.DictElement, cst.SubscriptElement, cst.Integer})
"""Frequent nodes whose place nobody asks for."""


class Positions:
    """Offsets of nodes, by ``id``: good as long as the module that the nodes belong to is alive.

    ``spans`` maps a node to its start and end, whitespace and its own parentheses excluded. ``headers`` maps a
    suite (``IndentedBlock``, ``SimpleStatementSuite``) to the end of the header before it: just after the colon.
    ``comments`` are the places of all comments, if they were asked for.
    """

    __slots__ = ("comments", "headers", "lines", "spans")

    def __init__(
        self,
        lines: Lines,
        spans: dict[int, tuple[int, int]],
        headers: dict[int, int],
        comments: tuple[tuple[int, int], ...],
    ) -> None:
        self.lines = lines
        self.spans = spans
        self.headers = headers
        self.comments = comments

    def span(self, node: cst.CSTNode) -> Span:
        """The span of ``node``. Raises ``KeyError`` for a kind of node whose place is not recorded."""
        start, end = self.spans[id(node)]
        return self.lines.span(start, end)


def positions(module: cst.Module, text: str, *, comments: bool = False, every: bool = False) -> Positions:
    """The place of every node of ``module`` that facts need; of comments too if asked for.

    ``text`` is what ``module`` was parsed from. ``every`` adds the frequent nodes that facts do without: names,
    arguments, elements.
    """
    try:
        return _from_codegen(module, text, comments, every)
    except (AttributeError, TypeError, LookupError):
        return from_provider(module, text)


class _State:
    """Stands in for libcst's ``CodegenState``: collects tokens, and how many stood before and after a node."""

    def __init__(self, module: cst.Module, comments: bool, every: bool) -> None:
        self.unused = frozenset() if every else _UNUSED
        self.default_indent = module.default_indent
        self.default_newline = module.default_newline
        self.indent_tokens: list[str] = []
        self.tokens: list[str] = []
        self.marks: dict[int, tuple[int, int]] = {}
        self.headers: dict[int, int] = {}
        self.comments: list[int] = []
        # Methods of the lists themselves spare a Python call for every token.
        self.add_token = self.tokens.append
        self.increase_indent = self.indent_tokens.append
        self.decrease_indent = self.indent_tokens.pop
        self.after_codegen: Callable[[cst.CSTNode], object] = id
        """A function that costs next to nothing, but inside the clauses of a comprehension."""
        self.open_clauses = 0
        self.bare: set[type] = {*_TEXTS, *_CLAUSES}
        if comments:
            self.bare.add(cst.Comment)

    def add_indent_tokens(self) -> None:
        self.tokens.extend(self.indent_tokens)

    def pop_trailing_newline(self) -> None:
        if self.tokens:
            self.tokens.pop()

    def before_codegen(self, node: cst.CSTNode) -> None:
        kind = type(node)
        if kind in self.bare:
            start = len(self.tokens)
            # Texts and comments are one token.
            self.marks[id(node)] = (start, start + 1)
            if kind is cst.Comment:
                self.comments.append(id(node))
            elif kind in _CLAUSES:
                self.open_clauses += 1
                self.after_codegen = self._after_clause

    def _after_clause(self, node: cst.CSTNode) -> None:
        if type(node) in _CLAUSES:
            self.marks[id(node)] = (self.marks[id(node)][0], len(self.tokens))
            self.open_clauses -= 1
            if not self.open_clauses:
                self.after_codegen = id

    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> AbstractContextManager[None]:
        kind = type(node)
        if kind in self.unused:
            return _NOTHING
        if kind in _SUITES:
            self.headers[id(node)] = _last_colon(self.tokens)
        if start_node is None and end_node is None:
            return _Mark(self, node)
        return _HoistedMark(self, node, start_node, end_node)


_NOTHING = nullcontext()


def _last_colon(tokens: list[str]) -> int:
    """How many tokens there are up to the last colon and with it."""
    index = len(tokens)
    while tokens[index - 1] != ":":
        index -= 1
    return index


class _Mark:
    """Notes how many tokens stand before and after the code generated inside it."""

    __slots__ = ("key", "marks", "start", "tokens")

    def __init__(self, state: _State, node: cst.CSTNode) -> None:
        self.tokens = state.tokens
        self.marks = state.marks
        self.key = id(node)

    def __enter__(self) -> None:
        self.start = len(self.tokens)

    def __exit__(self, *_: object) -> None:
        self.marks[self.key] = (self.start, len(self.tokens))


class _HoistedMark(_Mark):
    """The same, for a node that starts or ends where one of its children does."""

    __slots__ = ("end_node", "start_node")

    def __init__(
        self, state: _State, node: cst.CSTNode, start_node: cst.CSTNode | None, end_node: cst.CSTNode | None
    ) -> None:
        super().__init__(state, node)
        self.start_node = start_node
        self.end_node = end_node

    def __exit__(self, *_: object) -> None:
        start, end = self.start, len(self.tokens)
        # A child without a mark of its own starts or ends where the code does.
        if self.start_node is not None:
            start = self.marks.get(id(self.start_node), (start, end))[0]
        if self.end_node is not None:
            end = self.marks.get(id(self.end_node), (start, end))[1]
        self.marks[self.key] = (start, end)


def _from_codegen(module: cst.Module, text: str, comments: bool, every: bool) -> Positions:
    state = _State(module, comments, every)
    module._codegen(state)  # type: ignore[arg-type]
    tokens = state.tokens
    if "".join(tokens) == text:
        offsets = list(accumulate(map(len, tokens), initial=0))
        ends = offsets
    else:
        offsets, ends = _align(tokens, text)
    # A node that ends with the newline which libcst dropped at the end has one mark too many.
    offsets.append(offsets[-1])
    ends = offsets if ends is offsets else [*ends, ends[-1]]
    spans = {key: (offsets[start], ends[end]) for key, (start, end) in state.marks.items()}
    headers = {key: ends[index] for key, index in state.headers.items()}
    return Positions(Lines(text), spans, headers, tuple([spans[key] for key in state.comments]))


def _align(tokens: Iterable[str], text: str) -> tuple[list[int], list[int]]:
    """Where each token starts, and where the token before it ends, in a text of which libcst lost something.

    It loses a form feed or a continuation line before the first token of a line, and a final carriage return.
    Raises ``LookupError`` if more is lost than that.
    """
    starts, ends = [], [0]
    offset = 0
    for token in tokens:
        if token and not token.isspace():
            while not text.startswith(token, offset):
                if text[offset] not in " \t\f\\\r\n":
                    raise LookupError("libcst changed the text")
                offset += 1
        elif not text.startswith(token, offset):
            starts.append(offset)
            ends.append(offset)
            continue
        starts.append(offset)
        offset += len(token)
        ends.append(offset)
    starts.append(offset)
    return starts, ends


def from_provider(module: cst.Module, text: str) -> Positions:
    """The same from libcst's public metadata: much slower."""
    from libcst.metadata import MetadataWrapper, PositionProvider, WhitespaceInclusivePositionProvider

    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    lines = Lines(text)
    spans = {}
    for node, place in wrapper.resolve(PositionProvider).items():
        start, end = place.start, place.end
        spans[id(node)] = (_clamped(lines, start.line, start.column), _clamped(lines, end.line, end.column))
    headers, comments = {}, []
    for node, place in wrapper.resolve(WhitespaceInclusivePositionProvider).items():
        if isinstance(node, _SUITES):
            headers[id(node)] = _clamped(lines, place.start.line, place.start.column)
        elif isinstance(node, cst.Comment):
            comments.append(spans[id(node)])
    return Positions(lines, spans, headers, tuple(comments))


def _clamped(lines: Lines, line: int, column: int) -> int:
    return lines.offset(min(line, len(lines.starts)), column + 1)
