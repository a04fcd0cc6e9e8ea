"""GitLab's code quality report: an array of issues, as its merge requests show them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from oailint.findings import Finding, Report, Severity
from oailint.reporters.context import Context, printable
from oailint.reporters.texts import plain

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
_SECRETS = "critical"


def render(report: Report, context: Context) -> str:
    """The findings of ``report`` as an array of issues. GitLab has no place for problems."""
    seen: Counter[str] = Counter()
    issues = []
    for finding in report.findings:
        fingerprint = _fingerprint(finding, 0)
        if seen[fingerprint]:
            fingerprint = _fingerprint(finding, seen[fingerprint])
        seen[_fingerprint(finding, 0)] += 1
        issues.append(_issue(finding, fingerprint))
    return json.dumps(issues, indent=2) + "\n"


def _issue(one: Finding, fingerprint: str) -> dict[str, object]:
    return {
        "description": f"{one.code} {plain(one.message)}",
        "check_name": f"{one.code} {one.name}",
        "fingerprint": fingerprint,
        "severity": _SECRETS if one.family == "secrets" else _SEVERITIES[one.severity],
        "location": {"path": printable(one.location.path), "lines": {"begin": one.location.span.line}},
    }


def _fingerprint(one: Finding, ordinal: int) -> str:
    """GitLab takes findings of one fingerprint for one. Those of two projects in a repository may have the same, so the
    path belongs to it."""
    content = "\0".join((one.fingerprint, one.location.path, str(ordinal)))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]
