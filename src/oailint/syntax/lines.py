"""From offsets in a text to lines and columns, and back."""

from __future__ import annotations

import re
from bisect import bisect_right

from oailint.facts import Span

_NEWLINE = re.compile(r"\r\n?|\n")


class Lines:
    """Turns offsets in a text into lines and columns: both start at 1, columns count characters."""

    __slots__ = ("starts",)

    def __init__(self, text: str) -> None:
        self.starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]

    def line(self, offset: int) -> int:
        """The line that ``offset`` is on."""
        return bisect_right(self.starts, offset)

    def column(self, offset: int) -> int:
        """The column that ``offset`` is at."""
        return offset - self.starts[bisect_right(self.starts, offset) - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and a column, both of which start at 1."""
        return self.starts[line - 1] + column - 1

    def span(self, start: int, end: int) -> Span:
        """The span from ``start`` up to, not including, ``end``."""
        starts = self.starts
        line = last = bisect_right(starts, start)
        if line < len(starts) and end >= starts[line]:
            last = bisect_right(starts, end, line)
        return Span(line, start - starts[line - 1] + 1, last, end - starts[last - 1] + 1)
