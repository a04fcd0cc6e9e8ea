"""Where the nodes of a module stand in its text: told by counting tokens.

Each kind of node is made of known tokens (see ``recipes``), so that the order of nodes and tokens alone gives the
places of all: blanks and comments are never looked at. The inside of f-strings is read along with their nodes. Where
the counts do not add up, because libcst has nodes that are unknown here or reads a text in another way, the places come
from its code generator, at many times the cost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst

from oailint.facts import Span
from oailint.syntax import nodes
from oailint.syntax.offsets import Lines, positions
from oailint.syntax.recipes import RECIPES, TWO_TOKENS
from oailint.syntax.tokens import Tokens, blank_end

_PART = 5_000
"""Characters of a part of a text that is parsed at once."""


class Places:
    """Places of nodes of ``nodes``, whitespace and a node's own parentheses excluded.

    They are known for the kinds of nodes whose recipe says so, and as long as the module that they belong to is alive.
    All methods raise ``KeyError`` for others.
    """

    __slots__ = ("_marks", "_tokens", "lines")

    def __init__(self, lines: Lines, tokens: Tokens, marks: _Marks) -> None:
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

    ``tokens`` are those of ``text``. Raises what ``libcst.parse_module`` raises.
    """
    module = nodes.parse(text, tokens.cuts(_PART))
    places = counted(module, tokens)
    return (module, places) if places is not None else generated(text)


def counted(module: libcst.Module, tokens: Tokens) -> Places | None:
    """The places of the nodes of ``module``, which ``nodes.parse`` made of the text of ``tokens``; None if unknown."""
    marks = _Marks(tokens)
    try:
        count = _VISITORS[type(module)](marks, module, 0)
    except (LookupError, ValueError, AttributeError, TypeError):
        return None
    return Places(Lines(tokens.text), tokens, marks) if count == marks.size else None


def generated(text: str) -> tuple[libcst.Module, Places]:
    """The same as ``read`` from libcst's own nodes and its code generator."""
    original = libcst.parse_module(text)
    found = positions(original, text, comments=True)
    copies: dict[int, Any] = {}
    module = nodes.copied(original, copies)
    spans = {id(copies[key]): span for key, span in found.spans.items() if key in copies}
    headers = {id(copies[key]): end for key, end in found.headers.items()}
    return module, _Known(found.lines, spans, headers, list(found.comments))


class _Marks(dict[int, tuple[int, int]]):
    """Of each node, by its ``id``, the index of its first token and of the one after its last."""

    __slots__ = ("headers", "size", "tokens")

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.size = len(tokens.starts)
        self.headers: dict[int, int] = {}
        """Of each suite the index of the colon before it."""


_Visitor = Callable[[_Marks, Any, int], int]
"""Notes the places of a node and of those in it, from the index of its first token; gives that after its last."""

_VISITORS: dict[type, _Visitor] = {}


def _visitor(recipe: str) -> _Visitor:
    """Code for the recipe of a kind of node."""
    lines = ["def visit(marks, node, i):"]
    for word in recipe.split():
        lines += _code(word)
    lines.append("    return i")
    names: dict[str, Any] = {"visitors": _VISITORS, "Name": nodes.KINDS["Name"], "two_tokens": _TWO_TOKENS}
    exec("\n".join(lines), names)
    visitor: _Visitor = names["visit"]
    return visitor


def _code(word: str) -> list[str]:
    if word.isdecimal():
        return [f"    i += {word}"]
    if word in "()":
        field = "lpar" if word == "(" else "rpar"
        return [f"    if node.{field}: i += len(node.{field})"]
    if word == "[":
        return ["    start = i"]
    if word == "]":
        return ["    marks[id(node)] = (start, i)"]
    visit = "i = i + 1 if type(one) is Name and not one.lpar else visitors[type(one)](marks, one, i)"
    if word[0] == ":":
        field = word[1:]
        return [f"    one = node.{field}", "    marks.headers[id(one)] = i", "    i += 1", f"    {visit}"]
    if word[0] == "~":
        return [f"    i += 2 if type(node.{word[1:]}) in two_tokens else 1"]
    field = word.rstrip("?*!")
    return {
        "": [f"    one = node.{field}", f"    {visit}"],
        "?": [f"    one = node.{field}", "    if one is not None:", f"        {visit}"],
        "*": [f"    for one in node.{field}:", f"        {visit}"],
        "!": [f"    if node.{field}: i += 1"],
    }[word[len(field) :]]


def _lazy_import_from(marks: _Marks, node: Any, i: int) -> int:
    end = _import_from(marks, node, i + 1)
    marks[id(node)] = (i, marks[id(node)][1])
    return end


def _import_from(marks: _Marks, node: Any, i: int) -> int:
    """``names`` is one node or a sequence of them."""
    start = i
    i += 1 + len(node.relative)
    if node.module is not None:
        i = _VISITORS[type(node.module)](marks, node.module, i)
    i += 1 if node.lpar is None else 2
    if isinstance(node.names, tuple):
        for one in node.names:
            i = _VISITORS[type(one)](marks, one, i)
    else:
        i += 1
    if node.rpar is not None:
        i += 1
    marks[id(node)] = (start, i)
    return i if node.semicolon is None else i + 1


def _formatted(marks: _Marks, node: Any, i: int) -> int:
    """An f-string, which is one token, or several that look like strings and do not add up."""
    i += len(node.lpar)
    marks[id(node)] = (i, i + 1)
    tokens = marks.tokens
    start = tokens.starts[i]
    offset = _parts(marks, node.parts, _after(tokens.text, node.start, start))
    if _after(tokens.text, node.end, offset) != tokens.end(i):
        raise LookupError("an f-string ends elsewhere")
    return i + 1 + len(node.rpar)


def _parts(marks: _Marks, parts: Any, offset: int) -> int:
    """Notes the places of the parts of an f-string that begins at ``offset``; where they end."""
    tokens, text = marks.tokens, marks.tokens.text
    for part in parts:
        if type(part) in _TEXTS:
            end = _after(text, part.value, offset)
            index = tokens.add(offset, end)
            marks[id(part)] = (index, index + 1)
            offset = end
            continue
        offset = _replaced(marks, part, _blank_end(text, _after(text, "{", offset)))
        if part.equal is not None:
            offset = _blank_end(text, _after(text, "=", offset))
        if part.conversion is not None:
            offset = _blank_end(text, _after(text, part.conversion, _blank_end(text, _after(text, "!", offset))))
        if part.format_spec is not None:
            offset = _parts(marks, part.format_spec, _after(text, ":", offset))
        offset = _after(text, "}", offset)
    return offset


def _replaced(marks: _Marks, part: Any, start: int) -> int:
    """Notes the places of an expression in an f-string that begins at ``start``; where the blanks after it end.

    What ends the expression is not known before it is read: all up to some closing brace is tried.
    """
    tokens, text = marks.tokens, marks.tokens.text
    follower = "=" if part.equal is not None else "!" if part.conversion is not None else ""
    follower = follower or (":" if part.format_spec is not None else "}")
    size, end = len(tokens.starts), start
    while True:
        end = text.index("}", end)
        last = _tried(marks, part.expression, size) if tokens.add_all(start, end) else None
        if last is not None:
            after = _blank_end(text, tokens.end(last - 1))
            if text.startswith(follower, after) and (follower != "}" or after == end):
                return after
        tokens.forget(size)
        end += 1


def _tried(marks: _Marks, node: Any, first: int) -> int | None:
    """Notes the places of ``node`` in the tokens that were added as ``first``; None if they do not fit."""
    tokens = marks.tokens
    available = len(tokens.starts)
    try:
        last = _VISITORS[type(node)](marks, node, first)
    except LookupError:
        return None
    if last > available:
        return None
    for index in range(first, last):
        piece = tokens.pieces[index]
        if "#" in piece[tokens.end(index) - tokens.starts[index] :]:
            return None
    return last


def _after(text: str, token: str, offset: int) -> int:
    if not text.startswith(token, offset):
        raise LookupError("an f-string that is written in another way")
    return offset + len(token)


def _blank_end(text: str, offset: int) -> int:
    if text[offset] not in " \t\f\\\r\n#":
        return offset
    end = blank_end(text, offset)
    if "#" in text[offset:end]:
        raise LookupError("a comment in an f-string")
    return end


_TWO_TOKENS = frozenset(nodes.KINDS[name] for name in TWO_TOKENS)
_TEXTS = frozenset(nodes.KINDS[name] for name in ("FormattedStringText", "TemplatedStringText") if name in nodes.KINDS)
_VISITORS.update({nodes.KINDS[name]: _visitor(recipe) for name, recipe in RECIPES.items() if name in nodes.KINDS})
for _name, _special in {
    "ImportFrom": _import_from,
    "LazyImportFrom": _lazy_import_from,
    "FormattedString": _formatted,
    "TemplatedString": _formatted,
}.items():
    if _name in nodes.KINDS:
        _VISITORS[nodes.KINDS[_name]] = _special
