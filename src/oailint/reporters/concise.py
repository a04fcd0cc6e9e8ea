"""One line for each finding: ``path:line:column: OAI101 message``, with ``[*]`` before the message if ``--fix`` would
fix it."""

from __future__ import annotations

from oailint.findings import Report
from oailint.reporters.context import Context, printable, severity_style, statistics, summary


def render(report: Report, context: Context) -> str:
    """``report`` as lines, with a closing summary."""
    if context.statistics:
        return statistics(report, context) + summary(report, context)
    lines = []
    for one in report.findings:
        span = one.location.span
        path = context.style(printable(one.location.path), "bold")
        code = context.style(one.code, "bold", severity_style(one.severity))
        mark = context.style("[*]", "cyan") + " " if context.is_fixable(one) else ""
        lines.append(f"{path}:{span.line}:{span.column}: {code} {mark}{printable(one.message)}\n")
    return "".join(lines) + summary(report, context)
