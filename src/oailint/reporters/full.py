"""Findings for people: message, place, the source with the place marked, related places, help."""

from __future__ import annotations

from oailint.findings import Confidence, Finding, Report, Safety
from oailint.reporters.context import Context, printable, severity_style, statistics, summary
from oailint.reporters.frame import Frame


def render(report: Report, context: Context) -> str:
    """``report`` as blocks separated by empty lines, with a closing summary."""
    if context.statistics:
        return statistics(report, context) + summary(report, context)
    blocks = [_block(finding, context) + "\n" for finding in report.findings]
    return "".join(f"{block}\n" for block in blocks) + summary(report, context)


def _block(one: Finding, context: Context) -> str:
    span = one.location.span
    color = severity_style(one.severity)
    frame = Frame(context.lines(one.location.path), span, hide_literals=one.family == "secrets")
    margin = " " * frame.width
    level = str(one.severity)
    if one.confidence < Confidence.HIGH:
        level += f", {one.confidence} confidence"
    mark = context.style("[*]", "cyan") + " " if context.is_fixable(one) else ""
    code, message = context.style(one.code, "bold", color), context.style(printable(one.message), "bold")
    lines = [
        f"{code} {mark}{one.name} [{level}]: {message}",
        f"{margin}{context.style('-->', 'blue')} {printable(one.location.path)}:{span.line}:{span.column}",
    ]
    lines += [
        f"{context.style(gutter, 'blue')}{context.style(text, color) if is_mark else text}".rstrip()
        for gutter, text, is_mark in frame.rows()
    ]
    bullet = f"{margin} {context.style('=', 'blue')} "
    for place in one.related:
        where = place.location.span
        path = f"{printable(place.location.path)}:{where.line}:{where.column}"
        lines.append(f"{bullet}{context.style('note', 'bold')}: {path}: {printable(place.message)}")
    if one.help:
        lines.append(f"{bullet}{context.style('help', 'bold', 'cyan')}: {printable(one.help)}")
    if one.plan is not None:
        level = "" if one.plan.safety is Safety.SAFE else f" ({one.plan.safety})"
        lines.append(f"{bullet}{context.style('fix', 'bold', 'cyan')}{level}: {printable(one.plan.title)}")
    elif one.unfixable:
        lines.append(f"{bullet}{context.style('note', 'bold')}: no fix: {printable(one.unfixable)}")
    return "\n".join(lines)
