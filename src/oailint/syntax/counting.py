"""Which tokens of a text belong to which node: told by the recipes, in the order of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oailint.syntax import nodes
from oailint.syntax.recipes import RECIPES, TWO_TOKENS
from oailint.syntax.tokens import Tokens, blank_end

MOST_READ = 4
"""How often, on average, a text may be read to find where the expressions in its f-strings end."""
MOST_TRIES = 50
"""Closing braces that may be tried for one expression: few hold more than two of their own."""


class Marks(dict[int, tuple[int, int]]):
    """Of each node, by its ``id``, the index of its first token and of the one after its last."""

    __slots__ = ("headers", "left", "size", "tokens")

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.left = MOST_READ * (len(tokens.text) + 1_000)
        """Characters that may still be read in trying."""
        self.size = len(tokens.starts)
        self.headers: dict[int, int] = {}
        """Of each suite the index of the colon before it."""


Visitor = Callable[[Marks, Any, int], int]
"""Notes the places of a node and of those in it, from the index of its first token; gives that after its last."""

VISITORS: dict[type, Visitor] = {}
"""By the kind of node."""


def _visitor(recipe: str) -> Visitor:
    """Code for the recipe of a kind of node."""
    lines = ["def visit(marks, node, i):"]
    for word in recipe.split():
        lines += _code(word)
    lines.append("    return i")
    names: dict[str, Any] = {"visitors": VISITORS, "Name": nodes.KINDS["Name"], "two_tokens": _TWO_TOKENS}
    exec("\n".join(lines), names)
    visitor: Visitor = names["visit"]
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


def _lazy_import_from(marks: Marks, node: Any, i: int) -> int:
    end = _import_from(marks, node, i + 1)
    marks[id(node)] = (i, marks[id(node)][1])
    return end


def _import_from(marks: Marks, node: Any, i: int) -> int:
    """``names`` is one node or a sequence of them."""
    start = i
    i += 1 + len(node.relative)
    if node.module is not None:
        i = VISITORS[type(node.module)](marks, node.module, i)
    i += 1 if node.lpar is None else 2
    if isinstance(node.names, tuple):
        for one in node.names:
            i = VISITORS[type(one)](marks, one, i)
    else:
        i += 1
    if node.rpar is not None:
        i += 1
    marks[id(node)] = (start, i)
    return i if node.semicolon is None else i + 1


def _formatted(marks: Marks, node: Any, i: int) -> int:
    """An f-string, which is one token, or several that look like strings and do not add up."""
    i += len(node.lpar)
    marks[id(node)] = (i, i + 1)
    tokens = marks.tokens
    start = tokens.starts[i]
    offset = _parts(marks, node.parts, _after(tokens.text, node.start, start))
    if _after(tokens.text, node.end, offset) != tokens.end(i):
        raise LookupError("an f-string ends elsewhere")
    return i + 1 + len(node.rpar)


def _parts(marks: Marks, parts: Any, offset: int) -> int:
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


def _replaced(marks: Marks, part: Any, start: int) -> int:
    """Notes the places of an expression in an f-string that begins at ``start``; where the blanks after it end.

    What ends the expression is not known before it is read: all up to some closing brace is tried. Raises ValueError
    where that takes too many, as it does in f-strings in f-strings.
    """
    tokens, text = marks.tokens, marks.tokens.text
    follower = "=" if part.equal is not None else "!" if part.conversion is not None else ""
    follower = follower or (":" if part.format_spec is not None else "}")
    size, end = len(tokens.starts), start
    for _ in range(MOST_TRIES):
        end = text.index("}", end)
        marks.left -= end - start
        if marks.left < 0:
            break
        last = _tried(marks, part.expression, size) if tokens.add_all(start, end) else None
        if last is not None:
            after = _blank_end(text, tokens.end(last - 1))
            if text.startswith(follower, after) and (follower != "}" or after == end):
                return after
        tokens.forget(size)
        end += 1
    raise ValueError("the end of an expression in an f-string was not found")


def _tried(marks: Marks, node: Any, first: int) -> int | None:
    """Notes the places of ``node`` in the tokens that were added as ``first``; None if they do not fit."""
    tokens = marks.tokens
    available = len(tokens.starts)
    try:
        last = VISITORS[type(node)](marks, node, first)
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
VISITORS.update({nodes.KINDS[name]: _visitor(recipe) for name, recipe in RECIPES.items() if name in nodes.KINDS})
for _name, _special in {
    "ImportFrom": _import_from,
    "LazyImportFrom": _lazy_import_from,
    "FormattedString": _formatted,
    "TemplatedString": _formatted,
}.items():
    if _name in nodes.KINDS:
        VISITORS[nodes.KINDS[_name]] = _special
