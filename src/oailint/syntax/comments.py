"""Comments that speak to a linter."""

from __future__ import annotations

import re

from oailint.facts import Comment
from oailint.masking import paint_line
from oailint.syntax.places import Places

_WANTED = re.compile("oailint|noqa", re.IGNORECASE)


def are_likely(text: str) -> bool:
    """Whether it is worth while to look for the comments of ``text``."""
    return _WANTED.search(text) is not None


def collect(text: str, places: Places) -> tuple[Comment, ...]:
    """Those of the comments that are meant for a linter."""
    lines = places.lines
    found = []
    for start, end in sorted(places.comments()):
        comment = text[start:end]
        if _WANTED.search(comment):
            line = lines.line(start)
            column = start - lines.starts[line - 1] + 1
            alone = not text[lines.starts[line - 1] : start].strip()
            found.append(Comment(paint_line(comment), line, column, alone))
    return tuple(found)
