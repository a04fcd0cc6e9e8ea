"""Plans of fixes, applied in the plainest way: for tests of plans, before any care for imports and layout."""

from __future__ import annotations

import re

from oailint import check_source
from oailint.facts import Span
from oailint.findings import Finding, FixPlan, Replace, Substitute

_HOLE = re.compile(r"\{(\d+|[a-z])\}")


def findings(text: str, code: str) -> list[Finding]:
    """The findings of one rule in a module."""
    return [one for one in check_source(text).findings if one.code == code]


def applied(text: str, plan: FixPlan) -> str:
    """``text`` with each new expression in the place of the old one, in parentheses where a test joins others."""
    changes = [one for one in plan.changes if isinstance(one, (Substitute, Replace))]
    assert len(changes) == len(plan.changes)
    for change in sorted(changes, key=lambda one: one.target.span, reverse=True):
        start, end = _offsets(text, change.target.span)
        new = _filled(change, text) if isinstance(change, Substitute) else change.content
        text = text[:start] + new + text[end:]
    compile(text, "<fixed>", "exec")
    return text


def _filled(change: Substitute, text: str) -> str:
    values = {str(index): name for index, name in enumerate(change.names)}
    for index, part in enumerate(change.parts):
        start, end = _offsets(text, part.span)
        values[chr(ord("a") + index)] = text[start:end]
    return _HOLE.sub(lambda found: values[found[1]], change.template)


def _offsets(text: str, span: Span) -> tuple[int, int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1
