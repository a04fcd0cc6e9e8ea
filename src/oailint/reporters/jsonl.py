"""One JSON object a line: each finding as in the JSON report, then each problem as ``{"problem": {...}}``."""

from __future__ import annotations

import json

from oailint.findings import Report
from oailint.reporters.context import Context
from oailint.reporters.json import entry, problem_entry


def render(report: Report, context: Context) -> str:
    """``report`` as lines; nothing at all where there is neither a finding nor a problem."""
    lines: list[object] = [entry(finding) for finding in report.findings]
    lines += [{"problem": problem_entry(one)} for one in report.problems]
    return "".join(json.dumps(line) + "\n" for line in lines)
