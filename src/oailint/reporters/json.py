"""One JSON object, for programs."""

from __future__ import annotations

import json
from collections import Counter

from oailint.findings import Finding, Fix, Location, Report
from oailint.reporters.context import Context
from oailint.version import VERSION

FORMAT_VERSION = 1
"""Raised when a key changes its meaning or goes away."""


def render(report: Report, context: Context) -> str:
    """``report`` as one object; with statistics, an array of rules with their counts."""
    return json.dumps(_statistics(report) if context.statistics else _report(report), indent=2) + "\n"


def _report(report: Report) -> dict[str, object]:
    return {
        "version": FORMAT_VERSION,
        "tool": {"name": "oailint", "version": VERSION},
        "summary": {
            "files": report.statistics.files,
            "findings": len(report.findings),
            "suppressed": report.statistics.suppressed,
            "baselined": report.statistics.baselined,
            "fixed": report.statistics.fixed,
        },
        "findings": [_finding(finding) for finding in report.findings],
        "problems": [
            {"path": one.path, "line": one.line, "column": one.column, "message": one.message}
            for one in report.problems
        ],
    }


def _statistics(report: Report) -> list[dict[str, object]]:
    counts = Counter((finding.code, finding.name) for finding in report.findings)
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [{"rule": code, "name": name, "count": number} for (code, name), number in ordered]


def _finding(one: Finding) -> dict[str, object]:
    return {
        "rule": one.code,
        "name": one.name,
        "family": one.family,
        "severity": str(one.severity),
        "confidence": str(one.confidence),
        "message": one.message,
        **_place(one.location),
        "related": [{**_place(place.location), "message": place.message} for place in one.related],
        "fix": None if one.fix is None else _fix(one.fix),
        "fingerprint": one.fingerprint,
    }


def _place(location: Location) -> dict[str, object]:
    span = location.span
    return {
        "path": location.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _fix(fix: Fix) -> dict[str, object]:
    from oailint.masking import mask_line

    return {
        "safety": str(fix.safety),
        "title": fix.title,
        "edits": [{**_place(edit.location), "content": mask_line(edit.content)} for edit in fix.edits],
    }
