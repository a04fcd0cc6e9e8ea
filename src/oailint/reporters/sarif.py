"""SARIF 2.1.0, for code scanning and for editors.

Paths are relative to ``%SRCROOT%``, which is left open: where it lies is a matter of the machine. So is the id of the
run, which would keep an upload from giving its own.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence

from oailint.facts import Span
from oailint.findings import Finding, Fix, Location, Problem, Related, Report
from oailint.masking import mask_line
from oailint.reporters.context import Context, count
from oailint.reporters.sarif_rules import LEVELS, descriptor
from oailint.reporters.texts import plain, reference, worst
from oailint.version import VERSION

# What GitHub takes; it refuses a whole file that holds more.
MAX_RESULTS = 25_000
MAX_LOCATIONS = 1_000
MAX_BYTES = 10_000_000
"""Compressed with gzip."""

_BASE = "%SRCROOT%"
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_PRIMARY = 1
"""How many locations a result has beside the related ones."""


def render(report: Report, context: Context) -> str:
    """``report`` as a log of one run. What GitHub would not take is left out, the mildest first; the log says so, and
    ``context.tell`` is told."""
    limit = MAX_RESULTS
    while True:
        text = _log(report, limit, context)
        if limit <= 1 or len(text) <= MAX_BYTES or len(gzip.compress(text.encode(), mtime=0)) <= MAX_BYTES:
            break
        limit = min(limit, _total(report)) // 2
    for said in _left_out(report, limit):
        context.tell(f"warning: SARIF: {said}")
    return text


def _log(report: Report, limit: int, context: Context) -> str:
    from oailint.rules import RULES

    rules = sorted(RULES, key=lambda rule: rule.code)
    indexes = {rule.code: index for index, rule in enumerate(rules)}
    findings = worst(report.findings, limit)
    recorded = worst(report.baselined, limit - len(findings))
    suppressed = worst(report.suppressed, limit - len(findings) - len(recorded))
    is_new = {"baselineState": "new"} if report.has_baseline or report.baselined else {}
    results = [{**_result(one, indexes), **is_new} for one in findings]
    results += [{**_result(one, indexes), "baselineState": "unchanged"} for one in recorded]
    results += [{**_result(one, indexes), **is_new, "suppressions": [_suppression(one)]} for one in suppressed]
    notes = [_notification("error", problem.message, problem) for problem in report.problems]
    notes += [_notification("warning", said) for said in _left_out(report, limit)]
    run = {
        "tool": {
            "driver": {
                "name": "oailint",
                "version": VERSION,
                "semanticVersion": VERSION,
                "rules": [descriptor(rule) for rule in rules],
            }
        },
        "invocations": [{"executionSuccessful": not report.problems, "toolExecutionNotifications": notes}],
        "originalUriBaseIds": {_BASE: {"description": {"text": "The folder in which oailint was run."}}},
        "columnKind": "unicodeCodePoints",
        "results": [],
    }
    text = json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)
    if not results:
        return text + "\n"
    # A result a line: indented they would be four times as long, and take as much longer to write.
    head, bracket, tail = text.rpartition('"results": [')
    lines = ",\n".join(f"        {json.dumps(result)}" for result in results)
    return f"{head}{bracket}\n{lines}\n      {tail}\n"


def _total(report: Report) -> int:
    return len(report.findings) + len(report.baselined) + len(report.suppressed)


def _left_out(report: Report, limit: int) -> list[str]:
    """What the log of at most ``limit`` results does not hold, as sentences."""
    said = []
    if _total(report) > limit:
        said.append(
            f"{count(_total(report) - limit, 'result')} left out: {limit} of {_total(report)} are kept, "
            "the most severe, as GitHub takes no more"
        )
    long = sum(len(one.related) + _PRIMARY > MAX_LOCATIONS for one in report.findings + report.baselined)
    if long:
        said.append(f"{count(long, 'result')} with more places than GitHub takes: {MAX_LOCATIONS} are kept of each")
    return said


def _result(one: Finding, indexes: dict[str, int]) -> dict[str, object]:
    related = one.related[: MAX_LOCATIONS - _PRIMARY]
    message = _doubled(plain(one.message))
    result: dict[str, object] = {
        "ruleId": one.code,
        "ruleIndex": indexes[one.code],
        "level": LEVELS[one.severity],
        "message": {"text": f"{message}\n{_doubled(plain(one.help))}" if one.help else message},
        "locations": [_location(one.location)],
        "partialFingerprints": {"oailint/v1": one.fingerprint},
        "suppressions": [],  # empty, not absent: that would say that nobody looked
        "properties": {"confidence": str(one.confidence)},
    }
    if related:
        result["relatedLocations"] = [
            {"id": number, **_location(place.location, place.message)} for number, place in enumerate(related, 1)
        ]
    flow = _flow(one, related)
    if flow:
        result["codeFlows"] = [{"threadFlows": [{"locations": [{"location": step} for step in flow]}]}]
    if one.fix is not None and all(_can_be_told(edit.content) for edit in one.fix.edits):
        result["fixes"] = [_fix(one.fix)]
    return result


def _flow(one: Finding, related: Sequence[Related]) -> list[dict[str, object]]:
    """The way to the fault, in the order in which it is executed: from a loop to its requests, from the outermost call
    to the request that nothing retries."""
    if not related or one.family not in ("throttling", "retry"):
        return []
    own = _location(one.location, one.message)
    steps = [_location(place.location, place.message) for place in related]
    if one.family == "throttling":
        return [own, *steps]
    return steps if related[-1].location == one.location else [*steps, own]


def _location(location: Location, message: str = "") -> dict[str, object]:
    place: dict[str, object] = {
        "physicalLocation": {"artifactLocation": _artifact(location.path), "region": _region(location.span)}
    }
    if message:
        place["message"] = {"text": _doubled(plain(message))}
    return place


def _artifact(path: str) -> dict[str, object]:
    uri = reference(path)
    return {"uri": uri} if uri.startswith("file:") else {"uri": uri, "uriBaseId": _BASE}


def _region(span: Span) -> dict[str, object]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _can_be_told(content: str) -> bool:
    """Whether a fix can be given with this text: with a key masked it would write what is no key, and readers may
    refuse a whole log for a lone surrogate."""
    return mask_line(content) == content and not any("\ud800" <= char <= "\udfff" for char in content)


def _fix(fix: Fix) -> dict[str, object]:
    changes: dict[str, list[dict[str, object]]] = {}
    for edit in fix.edits:
        replacement: dict[str, object] = {"deletedRegion": _region(edit.location.span)}
        if edit.content:
            replacement["insertedContent"] = {"text": edit.content}
        changes.setdefault(edit.location.path, []).append(replacement)
    return {
        "description": {"text": _doubled(plain(fix.title))},
        "artifactChanges": [
            {"artifactLocation": _artifact(path), "replacements": replacements}
            for path, replacements in changes.items()
        ],
        "properties": {"safety": str(fix.safety)},
    }


def _suppression(one: Finding) -> dict[str, object]:
    told: dict[str, object] = {"kind": "inSource"}
    if one.justification:
        told["justification"] = plain(one.justification)
    return told


def _notification(level: str, message: str, problem: Problem | None = None) -> dict[str, object]:
    told: dict[str, object] = {"level": level, "message": {"text": _doubled(plain(message))}}
    if problem is not None and problem.path:
        region = {"startLine": problem.line, "startColumn": problem.column}
        place = {"physicalLocation": {"artifactLocation": _artifact(problem.path), "region": region}}
        told["locations"] = [place]
    return told


def _doubled(text: str) -> str:
    """SARIF takes a single brace for the beginning of a placeholder."""
    return text.replace("{", "{{").replace("}", "}}")
