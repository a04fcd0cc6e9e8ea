"""A change of a file as a unified diff."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_CONTEXT = 3


class Side(Struct, frozen=True):
    """A file before or after: its name, its text, and its lines as they may be shown (None: as they are)."""

    name: str
    text: str
    shown: Sequence[str] | None = None

    def lines(self) -> list[str]:
        """The lines of the text, with their ends."""
        return _LINE.findall(self.text)


def unified(old: Side, new: Side) -> tuple[str, bool]:
    """The diff, and whether something in it is masked, so that it cannot be applied."""
    from oailint.masking import mask_line

    is_masked = False

    def written(mark: str, side: Side, lines: Sequence[str], index: int) -> str:
        nonlocal is_masked
        line = lines[index]
        content = line.rstrip("\r\n")
        end = line[len(content) :]
        shown = mask_line(side.shown[index] if side.shown is not None and index < len(side.shown) else content)
        is_masked = is_masked or shown != content
        return f"{mark}{shown}{end}" if end else f"{mark}{shown}\n\\ No newline at end of file\n"

    before, after = old.lines(), new.lines()
    pieces = [f"--- {old.name}\n+++ {new.name}\n"]
    for group in _groups(before, after):
        first, last = group[0], group[-1]
        pieces.append(f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n")
        for kind, start, stop, new_start, new_stop in group:
            if kind == "equal":
                pieces += [written(" ", old, before, index) for index in range(start, stop)]
            else:
                pieces += [written("-", old, before, index) for index in range(start, stop)]
                pieces += [written("+", new, after, index) for index in range(new_start, new_stop)]
    return "".join(pieces), is_masked


def _groups(before: list[str], after: list[str]) -> Iterable[list[tuple[str, int, int, int, int]]]:
    """The ranges of lines that differ, with their surroundings.

    What the two sides share at their ends is not compared: that takes the square of the number of lines.
    """
    shortest = min(len(before), len(after))
    start = next((index for index in range(shortest) if before[index] != after[index]), shortest)
    most = shortest - start
    end = next((index for index in range(most) if before[-index - 1] != after[-index - 1]), most)
    inner = difflib.SequenceMatcher(None, before[start : len(before) - end], after[start : len(after) - end], False)
    codes = [(kind, a + start, b + start, c + start, d + start) for kind, a, b, c, d in inner.get_opcodes()]
    head = [("equal", 0, start, 0, start)] if start else []
    tail = [("equal", len(before) - end, len(before), len(after) - end, len(after))] if end else []
    whole = difflib.SequenceMatcher(None, "", "")
    whole.opcodes = [*head, *codes, *tail]  # type: ignore[attr-defined]
    return whole.get_grouped_opcodes(_CONTEXT)


def _range(start: int, stop: int) -> str:
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"
