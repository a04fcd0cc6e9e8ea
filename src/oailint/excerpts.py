"""The source lines that reports quote, with the secrets that the facts know of painted over."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from oailint.facts import Broken, Masked, Span
from oailint.sources import decode, read, split_lines


class Excerpts:
    """Source lines of the files of a run, by the path that the report uses."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[str, bytes | None, Callable[[], object]]] = {}
        self._lines: dict[str, list[str] | None] = {}

    def add(self, shown: str, path: str, facts: Callable[[], object], data: bytes | None = None) -> None:
        """Make known that reports call the file ``path`` (with the content ``data``, else that on disk) ``shown``.
        ``facts`` gives its facts, or those of its literals that are ``to_paint``, when they are needed."""
        self._files[shown] = (path, data, facts)

    def lines(self, shown: str) -> list[str] | None:
        """The lines of a file, as long as they are in the source; None if they cannot be had (any more)."""
        if shown not in self._lines:
            self._lines[shown] = self._read(shown)
        return self._lines[shown]

    def _read(self, shown: str) -> list[str] | None:
        if shown not in self._files:
            return None
        path, data, facts = self._files[shown]
        content = read(path) if data is None else data
        text = content if isinstance(content, Broken) else decode(content)
        if isinstance(text, Broken):
            return None
        lines = split_lines(text)
        for masked in to_paint(facts()):
            _paint_over(lines, masked.span, len(masked.prefix))
        return lines


def to_paint(facts: object) -> Iterator[Masked]:
    """Every literal in a value of facts that no excerpt may show."""
    # A stand-in is painted over too: a password of words looks like one.
    return (masked for masked in _masked(facts) if masked.shape != "prose")


def _masked(value: object) -> Iterator[Masked]:
    """Every masked literal in a value of facts."""
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, Masked):
            yield value
        elif isinstance(value, msgspec.Struct) and not isinstance(value, Span):
            pending.extend(getattr(value, name) for name in value.__struct_fields__)
        elif isinstance(value, tuple):
            pending.extend(value)


def _paint_over(lines: list[str], span: Span, keep: int) -> None:
    """Replace the letters and digits of a literal by stars, one by one, so that columns stay true.

    Its quotes, a ``b``, ``r`` or ``u`` before them, and the first ``keep`` characters of its content are left.
    """
    for number in range(span.line, min(span.end_line, len(lines)) + 1):
        line = lines[number - 1]
        start = span.column - 1 if number == span.line else 0
        end = span.end_column - 1 if number == span.end_line else len(line)
        if number == span.line:
            while start < end and line[start] in "rRbBuU":
                start += 1
            while start < end and line[start] in "\"'":
                start += 1
            start = min(start + keep, end)
        hidden = "".join(char if char in "\"' \t()\\" else "*" for char in line[start:end])
        lines[number - 1] = line[:start] + hidden + line[end:]
