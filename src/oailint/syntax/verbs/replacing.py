"""A text that is no expression, replaced or removed. No parser is needed for this."""

from __future__ import annotations

from oailint.syntax.verbs.splices import Group, Splice


def replaced(text: str, start: int, end: int, content: str, newline: str) -> Group:
    """``content`` in the place of what stands from ``start`` to ``end``.

    With nothing in its place, the space around it goes too, and the whole line if nothing else is on it.
    """
    if content:
        content = content.replace("\r\n", "\n").replace("\r", "\n").replace("\n", newline)
        return () if text[start:end] == content else (Splice(start, end, content),)
    while end < len(text) and text[end] in " \t":
        end += 1
    if end < len(text) and text[end] not in "\r\n":
        return (Splice(start, end, ""),)
    while start and text[start - 1] in " \t\f":
        start -= 1
    if start == 0 or text[start - 1] in "\r\n":
        end += 2 if text.startswith("\r\n", end) else min(1, len(text) - end)
    return (Splice(start, end, ""),)
