"""String and number literals: each is a fact only as far as it is safe to keep."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

from oailint import masking
from oailint.facts import Expr, Format, Masked, Number, Other, Span, Text
from oailint.syntax.kinds import FORMATTED_EXPRESSIONS, FORMATTED_TEXTS, TEMPLATED_STRINGS
from oailint.syntax.walk import Walk

if TYPE_CHECKING:
    import libcst as cst
else:
    from oailint.syntax import nodes as cst

if TYPE_CHECKING:
    _Piece = cst.SimpleString | cst.FormattedString | cst.TemplatedString

_BIGGEST = 2**63 - 1


def literal(value: str, span: Span, *, secret: bool = False) -> Text | Masked:
    """``value`` as a fact: its text, or its shape if it looks like a secret or stands where one is expected."""
    if secret:
        if value and not masking.is_environment_name(value) and not masking.is_scheme(value):
            return Masked(*masking.secret_shape(value), span, *masking.surroundings(value))
    elif len(value) >= 16:
        shape = masking.classify(value)
        if shape is not None:
            return Masked(*shape, span, *masking.surroundings(value))
    if not value.isascii():
        # A lone surrogate cannot be written to the cache.
        value = value.encode("utf-8", "backslashreplace").decode("utf-8")
    return Text(value, span)


def string(walk: Walk, node: cst.SimpleString, *, secret: bool = False) -> Expr:
    """A plain string, or bytes that are ASCII."""
    value = evaluate(node)
    return Other(()) if value is None else literal(value, walk.span(node), secret=secret)


def concatenated(walk: Walk, node: cst.ConcatenatedString, *, secret: bool = False) -> Expr:
    """Strings side by side: one text if all of them are plain, else the parts in their order."""
    pieces = _pieces(node)
    if isinstance(pieces[-1], TEMPLATED_STRINGS) or len({_is_bytes(piece) for piece in pieces}) > 1:
        walk.doubts.append(walk.places.start(node))
    if all(type(piece) is cst.SimpleString for piece in pieces):
        values = [evaluate(piece) for piece in pieces if isinstance(piece, cst.SimpleString)]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return Other(())
        return literal("".join(known), walk.span(node), secret=secret)
    parts: list[Expr] = []
    for piece in pieces:
        if isinstance(piece, cst.SimpleString):
            parts.append(string(walk, piece, secret=secret))
        else:
            parts += _parts(walk, piece, secret)
    return Format(tuple(parts), walk.span(node))


def formatted(walk: Walk, node: cst.FormattedString | cst.TemplatedString, *, secret: bool = False) -> Expr:
    """An f-string (or a t-string)."""
    return Format(tuple(_parts(walk, node, secret)), walk.span(node))


def integer(walk: Walk, node: cst.Integer) -> Expr:
    """An integer; one that does not fit 64 bits as a float."""
    try:
        value = int(node.value, 0)
    except ValueError:
        return _float(node.value)
    return Number(value) if value <= _BIGGEST else _float(value)


def real(walk: Walk, node: cst.Float) -> Expr:
    """A floating point number."""
    return _float(node.value)


def evaluate(node: cst.SimpleString) -> str | None:
    """What a plain string evaluates to; None for bytes that are not ASCII."""
    source = node.value
    start = 0
    while source[start] not in "\"'":
        start += 1
    prefix = source[:start].lower()
    if "\\" not in source and "\r" not in source:
        width = 3 if source.startswith(('"""', "'''"), start) else 1
        return source[start + width : -width]
    return _evaluated(source, source[start:].strip("\"'") if "b" not in prefix else None)


def _evaluated(source: str, fallback: str | None) -> str | None:
    try:
        value = ast.literal_eval(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return fallback
    if isinstance(value, bytes):
        return value.decode("ascii") if value.isascii() else None
    return value if isinstance(value, str) else fallback


def _pieces(node: cst.ConcatenatedString) -> list[_Piece]:
    pieces: list[_Piece] = []
    rest: _Piece | cst.ConcatenatedString = node
    while isinstance(rest, cst.ConcatenatedString):
        pieces.append(rest.left)
        rest = rest.right
    pieces.append(rest)
    return pieces


def _is_bytes(node: _Piece) -> bool:
    """Python puts only literals of one sort side by side; the parser takes any."""
    return isinstance(node, cst.SimpleString) and "b" in node.value[:2].partition(node.value[-1])[0].lower()


def _parts(walk: Walk, node: cst.FormattedString | cst.TemplatedString, secret: bool) -> list[Expr]:
    raw, quote = "r" in node.start.lower(), node.end
    parts: list[Expr] = []
    part: Any
    for part in node.parts:
        if isinstance(part, FORMATTED_TEXTS):
            value = part.value.replace("{{", "{").replace("}}", "}")
            if "\\" in value and not raw:
                value = _evaluated(quote + value + quote, value) or value
            span = walk.span(part)
            parts.append(literal(value, span, secret=secret))
        else:
            parts.append(walk.expr(part.expression))
            parts += _nested(walk, part.format_spec)
    return parts


def _nested(walk: Walk, spec: object) -> list[Expr]:
    """The expressions in a format specification: ``{x:{width}}``."""
    if not isinstance(spec, (list, tuple)):
        return []
    return [walk.expr(part.expression) for part in spec if isinstance(part, FORMATTED_EXPRESSIONS)]


def _float(value: str | int) -> Number:
    try:
        number = float(value)
    except (OverflowError, ValueError):
        number = sys.float_info.max
    return Number(min(number, sys.float_info.max))
