"""The source lines around a place, masked, with the place marked by carets."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from oailint.facts import Span
from oailint.reporters.context import printable

CONTEXT_LINES = 2
MAX_MARKED = 4
"""A place of more lines than this is shown with its middle left out."""
MAX_WIDTH = 160
_TAB = 4

Row = tuple[str, str, bool]
"""The gutter, the text, and whether the text is a mark."""


MOST_COMPARED = 400
"""Characters, between what a line and its masked form share at their ends, that are compared one by one."""


class Frame:
    """The frame of ``span`` in ``lines`` (None: the source is not to be had, and the frame has no rows).

    ``hide_literals`` hides every string on the marked lines, not only what looks like a key.
    """

    def __init__(self, lines: list[str] | None, span: Span, *, hide_literals: bool = False) -> None:
        self._lines = lines or []
        self._hide = hide_literals
        last = max(span.line, span.end_line if span.end_column > 1 else span.end_line - 1)
        self._first, self._last = span.line, min(last, max(len(self._lines), span.line))
        self._span = span
        self._has_source = 1 <= span.line <= len(self._lines)
        bottom = min(self._last + CONTEXT_LINES, len(self._lines)) if self._has_source else span.line
        self.width = len(str(bottom))
        """Columns that line numbers take."""

    def rows(self) -> Iterator[Row]:
        """The rows from top to bottom."""
        if not self._has_source:
            return
        empty = " " * self.width + " |"
        yield empty, "", False
        for number in range(max(1, self._first - CONTEXT_LINES), self._first):
            yield self._gutter(number), self._plain(number), False
        yield from self._single(empty) if self._first == self._last else self._multiple(empty)
        for number in range(self._last + 1, min(self._last + CONTEXT_LINES, len(self._lines)) + 1):
            yield self._gutter(number), self._plain(number), False
        yield empty, "", False

    def _single(self, empty: str) -> Iterator[Row]:
        end = self._span.end_column if self._span.end_line == self._first else len(self._lines[self._first - 1]) + 1
        text, start, stop = self._marked(self._first, self._span.column, end)
        yield self._gutter(self._first), " " + text, False
        yield empty, " " + " " * start + "^" * max(1, stop - start), True

    def _multiple(self, empty: str) -> Iterator[Row]:
        """A bar on the left joins the first line to the last, as in rustc and ruff."""
        is_long = self._last - self._first + 1 > MAX_MARKED
        shown = [*range(self._first, self._first + 2), self._last] if is_long else range(self._first, self._last + 1)
        for number in shown:
            if is_long and number == self._last:
                yield f"{'...':<{len(empty)}}", " |", True
            text, start, _ = self._marked(number, self._span.column, 1)
            opens_line = number == self._first and not text[:start].strip()
            starts_inside = number == self._first and not opens_line
            bar = " / " if opens_line else "   " if starts_inside else " | "
            yield self._gutter(number), bar + text, False
            if starts_inside:
                yield empty, "  " + "_" * (start + 1) + "^", True
        _, _, stop = self._marked(self._last, 1, self._span.end_column)
        yield empty, " |_" + "_" * max(0, stop - 1) + "^", True

    def _gutter(self, number: int) -> str:
        return f"{number:>{self.width}} |"

    def _plain(self, number: int) -> str:
        from oailint.masking import mask_line

        text = _expand(mask_line(self._lines[number - 1]))[0]
        indent = "   " if self._last > self._first else " "
        return indent + (text if len(text) <= MAX_WIDTH else text[: MAX_WIDTH - 3] + "...")

    def _marked(self, number: int, column: int, end_column: int) -> tuple[str, int, int]:
        """A marked line as it is shown, and the cells where ``column`` and ``end_column`` are in it."""
        from oailint.masking import mask_line, mask_literals

        source = self._lines[number - 1]
        masked = mask_line(mask_literals(source) if self._hide else source)
        moved = _mapping(source, masked)
        text, cells = _expand(masked)
        start, stop = cells(moved(column - 1)), cells(moved(end_column - 1))
        return _window(text, start, stop)


def _mapping(source: str, masked: str) -> Callable[[int], int]:
    """Where an index of ``source`` is in ``masked``."""
    if source == masked:
        return lambda index: min(max(index, 0), len(masked))
    before = _shared(source, masked)
    after = _shared(source[before:][::-1], masked[before:][::-1])
    inner, new_inner = source[before : len(source) - after], masked[before : len(masked) - after]
    blocks: Sequence[tuple[str, int, int, int, int]]
    if max(len(inner), len(new_inner)) > MOST_COMPARED:  # comparing takes the square of the length, or more
        blocks = [("replace", 0, len(inner), 0, len(new_inner))]
    else:
        blocks = difflib.SequenceMatcher(None, inner, new_inner, autojunk=False).get_opcodes()

    def moved(index: int) -> int:
        if index <= before:
            return max(index, 0)
        if index >= len(source) - after:
            return len(masked) - max(len(source) - index, 0)
        return before + moved_inside(index - before)

    def moved_inside(index: int) -> int:
        for _, start, stop, new_start, new_stop in blocks:
            if start <= index < stop:
                return min(new_start + index - start, new_stop)
        return len(new_inner)

    return moved


def _shared(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    shortest = min(len(one), len(other))
    return next((index for index in range(shortest) if one[index] != other[index]), shortest)


def _expand(text: str) -> tuple[str, Callable[[int], int]]:
    """``text`` with tabs and control characters made visible, and a map from its indexes to terminal cells."""
    shown: list[str] = []
    cells = [0]
    for char in text:
        piece = " " * (_TAB - cells[-1] % _TAB) if char == "\t" else printable(char)
        shown.append(piece)
        cells.append(cells[-1] + sum(map(_width, piece)))
    return "".join(shown), lambda index: cells[min(max(index, 0), len(cells) - 1)]


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _window(text: str, start: int, stop: int) -> tuple[str, int, int]:
    """At most ``MAX_WIDTH`` characters of a long line, around the mark."""
    if len(text) <= MAX_WIDTH:
        return text, start, stop
    left = max(0, start - MAX_WIDTH // 4)
    cut = text[left : left + MAX_WIDTH]
    if left:
        cut = "..." + cut[3:]
    if left + MAX_WIDTH < len(text):
        cut = cut[:-3] + "..."
    return cut, min(start - left, len(cut)), min(stop - left, len(cut))
