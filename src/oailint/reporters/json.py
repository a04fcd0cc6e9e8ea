"""One JSON object, for programs. The types say what is in it; its schema is made of them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Annotated, Final, Literal, TypedDict

from msgspec import Meta

from oailint.findings import Finding, Fix, Location, Problem, Report
from oailint.reporters.context import Context
from oailint.version import VERSION

FORMAT_VERSION: Final = 1
"""Raised when a key changes its meaning or goes away."""

_Path = Annotated[str, Meta(description="relative to the working directory where it lies below it, with `/`")]
_Number = Annotated[int, Meta(ge=1, description="from 1; columns count characters, and an end is exclusive")]
_Count = Annotated[int, Meta(ge=0)]


class Place(TypedDict):
    path: _Path
    line: _Number
    column: _Number
    end_line: _Number
    end_column: _Number


class RelatedPlace(Place):
    message: Annotated[str, Meta(description="what happens there")]


class EditEntry(Place):
    content: Annotated[str, Meta(description="what to put in the place of the text there, with keys masked")]


class FixEntry(TypedDict):
    safety: Literal["safe", "unsafe", "display"]
    title: str
    edits: list[EditEntry]


class FindingEntry(Place):
    rule: Annotated[str, Meta(pattern="^OAI[0-9]{3}$")]
    name: str
    family: Literal["files", "retry", "errors", "secrets", "throttling"]
    severity: Literal["error", "warning", "info"]
    confidence: Literal["high", "medium", "low"]
    message: str
    related: Annotated[list[RelatedPlace], Meta(description="other places that the finding speaks of, in order")]
    fix: FixEntry | None
    fingerprint: Annotated[str, Meta(description="does not depend on line numbers")]


class ProblemEntry(TypedDict):
    path: Annotated[str, Meta(description="empty if it concerns the run as a whole")]
    line: _Number
    column: _Number
    message: str


class Tool(TypedDict):
    name: Literal["oailint"]
    version: str


class Summary(TypedDict):
    files: Annotated[int, Meta(ge=0, description="files that were checked")]
    findings: _Count
    suppressed: _Count
    baselined: _Count
    fixed: _Count


class ReportEntry(TypedDict):
    version: Annotated[Literal[1], Meta(description="raised when a key changes its meaning or goes away")]
    tool: Tool
    summary: Summary
    findings: list[FindingEntry]
    problems: Annotated[list[ProblemEntry], Meta(description="what kept the run from doing its work")]


def render(report: Report, context: Context) -> str:
    """``report`` as one object; with statistics, an array of rules with their counts."""
    return json.dumps(_statistics(report) if context.statistics else _report(report), indent=2) + "\n"


def _report(report: Report) -> ReportEntry:
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
        "findings": [entry(finding) for finding in report.findings],
        "problems": [problem_entry(one) for one in report.problems],
    }


def _statistics(report: Report) -> list[dict[str, object]]:
    counts = Counter((finding.code, finding.name) for finding in report.findings)
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [{"rule": code, "name": name, "count": number} for (code, name), number in ordered]


def entry(one: Finding) -> FindingEntry:
    """A finding as the report holds it."""
    return {
        "rule": one.code,
        "name": one.name,
        "family": one.family,  # type: ignore[typeddict-item]  # the families of the rules, which a test compares
        "severity": one.severity.name.lower(),  # type: ignore[typeddict-item]
        "confidence": one.confidence.name.lower(),  # type: ignore[typeddict-item]
        "message": one.message,
        **_place(one.location),
        "related": [{**_place(place.location), "message": place.message} for place in one.related],
        "fix": None if one.fix is None else _fix(one.fix),
        "fingerprint": one.fingerprint,
    }


def problem_entry(one: Problem) -> ProblemEntry:
    """A problem as the report holds it."""
    return {"path": one.path, "line": one.line, "column": one.column, "message": one.message}


def _place(location: Location) -> Place:
    span = location.span
    return {
        "path": location.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _fix(fix: Fix) -> FixEntry:
    from oailint.masking import mask_line

    return {
        "safety": fix.safety.name.lower(),  # type: ignore[typeddict-item]
        "title": fix.title,
        "edits": [{**_place(edit.location), "content": mask_line(edit.content)} for edit in fix.edits],
    }
