"""A change of a file as a unified diff."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_CONTEXT = 3


@dataclass(frozen=True)
class Side:
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
    for group in difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        pieces.append(f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n")
        for kind, start, stop, new_start, new_stop in group:
            if kind == "equal":
                pieces += [written(" ", old, before, index) for index in range(start, stop)]
            else:
                pieces += [written("-", old, before, index) for index in range(start, stop)]
                pieces += [written("+", new, after, index) for index in range(new_start, new_stop)]
    return "".join(pieces), is_masked


def _range(start: int, stop: int) -> str:
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"
