"""Changes of a text by offset, and why there may be none. No parser is needed for these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct


class Refused(Exception):
    """A change is not offered. The message says why, for the user."""


class Splice(Struct, frozen=True):
    """Put ``content`` in the place of what stands from ``start`` up to, not including, ``end``."""

    start: int
    end: int
    content: str


Group = tuple[Splice, ...]
"""Splices that are made together or not at all. Those at one place are in the order of the text."""


def apply(text: str, groups: Iterable[Group]) -> str:
    """``text`` with all the splices made. No two groups may overlap; at one place, those of the first come first."""
    splices = [(one.start, one.end, one.content) for group in groups for one in group]
    pieces, last = [], 0
    for start, end, content in sorted(splices, key=lambda one: one[:2]):
        pieces += [text[last:start], content]
        last = max(last, end)
    return "".join([*pieces, text[last:]])


def conflict(one: Sequence[Splice], other: Sequence[Splice]) -> bool:
    """Whether two groups touch the same text, or the same point of it, so that their order would matter."""
    return any(a.start <= b.end and b.start <= a.end for a in one for b in other)


def overlap(one: Sequence[Splice], other: Sequence[Splice]) -> bool:
    """Whether two groups change the same text, or one puts something inside what the other takes away."""
    return any(a.start < b.end and b.start < a.end for a in one for b in other)
