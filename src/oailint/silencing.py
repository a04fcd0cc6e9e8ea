"""Suppression comments put into a text: each where a formatter leaves it and the parser reads it as a comment."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from oailint import suppressions
from oailint.facts import FileFacts
from oailint.findings import Finding

WIDTH = 88
"""A comment goes above its line rather than make it longer than formatters do unless told."""

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


class _Spot(Struct, frozen=True):
    """Insert ``content`` into the text at ``offset``, so that ``comment`` is in a comment of the line ``line``.

    ``pushes`` if that makes a line more, above ``line``.
    """

    line: int
    offset: int
    content: str
    pushes: bool = False


class _Statement(Struct):
    """A statement with findings, and the spots for its comment, the best first."""

    findings: list[Finding]
    spots: list[_Spot] = field(default_factory=list)


def silence(text: str, facts: FileFacts, findings: Sequence[Finding]) -> tuple[str, FileFacts] | None:
    """``text``, which has ``facts``, with comments that suppress ``findings``, and its facts; None if none can be
    placed.

    A comment that is there already is added to, its reason kept. Where no place is found for one, it is left out.
    """
    statements = _statements(text, facts, findings)
    while statements:
        spots = [one.spots[0] for one in statements]
        new = _inserted(text, spots)
        parsed = _parsed(new)
        if parsed is not None:
            good = [_works(one, spots, text, new, parsed) for one in statements]
        else:  # one of them is to blame
            good = [_is_sound(text, one.spots[0]) for one in statements]
            if all(good):
                return None
        if parsed is not None and all(good):
            return new, parsed
        for one, is_good in zip(statements, good, strict=True):
            if not is_good:
                del one.spots[0]
        statements = [one for one in statements if one.spots]
    return None


def _parsed(text: str) -> FileFacts | None:
    from oailint.syntax.extract import extract

    facts = extract(text, max_size=None)
    return facts if isinstance(facts, FileFacts) else None


def _is_sound(text: str, spot: _Spot) -> bool:
    return _parsed(_inserted(text, [spot])) is not None


def _statements(text: str, facts: FileFacts, findings: Sequence[Finding]) -> list[_Statement]:
    lines = [(found.start(), found[1], found[2]) for found in _LINE.finditer(text)]
    grouped: dict[tuple[int, int], list[Finding]] = defaultdict(list)
    for one in findings:
        grouped[suppressions.statement(one, facts)].append(one)
    result = []
    for (first, last), group in sorted(grouped.items()):
        codes = sorted({one.code for one in group})
        line = min(one.location.span.line for one in group)
        spots = list(_spots(codes, first, line, last, lines, facts))
        result.append(_Statement(group, spots))
    return [one for one in result if one.spots]


def _spots(
    codes: list[str], first: int, line: int, last: int, lines: list[tuple[int, str, str]], facts: FileFacts
) -> Iterator[_Spot]:
    for there, column in suppressions.lists(first, last, facts):
        yield _Spot(there, lines[there - 1][0] + column - 1, "".join(f", {code}" for code in codes))
    comment = f"# oailint: ignore[{', '.join(codes)}]"
    ends = [_at_the_end(number, comment, lines) for number in dict.fromkeys((line, last))]
    short = [one for one in ends if _is_short(one, lines)]
    yield from short
    start, content, newline = lines[first - 1]
    indent = content[: len(content) - len(content.lstrip(" \t\f"))]
    newline = newline or next((one[2] for one in lines if one[2]), "\n")
    if first == 1 or not _is_continued(lines[first - 2][1]):
        yield _Spot(first, start, f"{indent}{comment}{newline}", pushes=True)
    yield from (one for one in ends if one not in short and not _is_continued(lines[one.line - 1][1]))


def _at_the_end(number: int, comment: str, lines: list[tuple[int, str, str]]) -> _Spot:
    start, content, _ = lines[number - 1]
    blank = "" if content.endswith("  ") else "  "
    return _Spot(number, start + len(content), f"{blank}{comment}")


def _is_short(spot: _Spot, lines: list[tuple[int, str, str]]) -> bool:
    """Whether a comment at the end of a line is fine there. ``# fmt: skip`` must stay the last."""
    content = lines[spot.line - 1][1]
    is_long = len(content.expandtabs(4)) + len(spot.content) > WIDTH
    return not is_long and not _is_continued(content) and "fmt:" not in content


def _is_continued(content: str) -> bool:
    return content.rstrip(" \t\f").endswith("\\")


def _inserted(text: str, spots: Sequence[_Spot]) -> str:
    pieces, end = [], 0
    for spot in sorted(spots, key=lambda one: one.offset):
        pieces += [text[end : spot.offset], spot.content]
        end = spot.offset
    return "".join([*pieces, text[end:]])


def _works(one: _Statement, spots: Sequence[_Spot], text: str, new: str, parsed: FileFacts) -> bool:
    """Whether the comment of a statement was read as one, and suppresses its findings."""
    spot = one.spots[0]
    offset = spot.offset + sum(len(other.content) for other in spots if other.offset < spot.offset)
    begin = offset + len(spot.content) - len(spot.content.lstrip())
    end = offset + len(spot.content.rstrip())
    line = spot.line + _pushed(spot.line - spot.pushes, spots)
    start = max(new.rfind("\n", 0, begin), new.rfind("\r", 0, begin)) + 1
    is_comment = any(
        comment.line == line
        and start + comment.column - 1 <= begin
        and start + comment.column - 1 + len(comment.text) >= end
        for comment in parsed.comments
    )
    return is_comment and all(suppressions.is_suppressed(_moved(finding, spots), parsed) for finding in one.findings)


def _pushed(line: int, spots: Sequence[_Spot]) -> int:
    """How far down a line of the text goes."""
    return sum(spot.pushes for spot in spots if spot.line <= line)


def _moved(finding: Finding, spots: Sequence[_Spot]) -> Finding:
    place = finding.location
    span = place.span
    down, end = _pushed(span.line, spots), _pushed(span.end_line, spots)
    moved = type(span)(span.line + down, span.column, span.end_line + end, span.end_column)
    return replace(finding, location=replace(place, span=moved))
