"""Workflow commands of GitHub Actions: each finding becomes an annotation."""

from __future__ import annotations

from oailint.findings import Finding, Report, Severity
from oailint.reporters.context import Context, printable

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report, context: Context) -> str:
    """``report`` as workflow commands, one a line."""
    return "".join(_command(finding) + "\n" for finding in report.findings)


def _command(one: Finding) -> str:
    span = one.location.span
    properties = {
        "title": f"oailint ({one.code} {one.name})",
        "file": one.location.path,
        "line": span.line,
        "endLine": span.end_line,
        "col": span.column,
    }
    if span.line == span.end_line:  # GitHub takes columns within one line only
        properties["endColumn"] = span.end_column
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    text = f"{one.location.path}:{span.line}:{span.column}: {one.code} {one.message}"
    return f"::{_COMMANDS[one.severity]} {listed}::{_data(text)}"


def _data(text: str) -> str:
    text = "\n".join(map(printable, text.split("\n")))
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
