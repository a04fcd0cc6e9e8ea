"""A table in GitHub's Markdown, for a comment on a pull request and for the summary of a job."""

from __future__ import annotations

import re
from collections import Counter

from oailint.findings import Finding, Problem, Report, Severity
from oailint.reporters.context import Context, count, printable
from oailint.reporters.texts import plain, reference

LIMIT = 65_536
"""What a comment on GitHub can hold. Counted in bytes here, of which there are at least as many as characters."""

_HEAD = "| | rule | place | what |\n|---|---|---|---|\n"
_MARKS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}
_OWN_CODE = re.compile(r"`([^`]+)`")
_LINKED = re.compile(r"@|://|www\.|#\d", re.IGNORECASE)
_SPECIAL = re.compile(r"([\\`*_{}\[\]|~])")
_ENTITY = re.compile(r"[^A-Za-z0-9 .,;=()/-]")
_LONGEST_MESSAGE = 1000
_ROOM_FOR_THE_END = 200


def render(report: Report, context: Context) -> str:
    """``report`` as a heading and a table. Of more than a comment can hold, the worst are kept, and it says so."""
    head = f"### oailint: {_headline(report)}\n"
    problems = [_problem(one) for one in report.problems]
    rows = [_row(one, context) for one in report.findings]
    room = LIMIT - _size(head) - _size(_HEAD) - _ROOM_FOR_THE_END
    shown = _fitting(list(range(len(problems))), problems, room // 2)
    room -= sum(_size(problems[index]) for index in shown)
    worst = sorted(range(len(rows)), key=lambda index: -report.findings[index].severity)
    kept = _fitting(worst, rows, room)
    out = [head]
    if rows:
        out += ["\n", _HEAD, *(rows[index] for index in kept)]
    if len(kept) < len(rows):
        out.append(f"\n{count(len(rows) - len(kept), 'finding')} more, the mildest, do not fit in here.\n")
    if problems:
        out += ["\n", *(problems[index] for index in shown)]
    if len(shown) < len(problems):
        out.append(f"- {count(len(problems) - len(shown), 'problem')} more\n")
    return "".join(out)


def _size(text: str) -> int:
    return len(text.encode("utf-8"))


def _fitting(order: list[int], texts: list[str], room: int) -> list[int]:
    """As many indexes of ``texts``, from the beginning of ``order``, as there is room for; sorted."""
    kept = []
    for index in order:
        room -= _size(texts[index])
        if room < 0:
            break
        kept.append(index)
    return sorted(kept)


def _headline(report: Report) -> str:
    counts = Counter(finding.severity for finding in report.findings)
    parts = [count(counts[level], str(level)) for level in (Severity.ERROR, Severity.WARNING) if counts[level]]
    if counts[Severity.INFO]:
        parts.append(f"{counts[Severity.INFO]} info")
    found = f"{count(len(report.findings), 'finding')} ({', '.join(parts)})" if parts else "no findings"
    silenced = f", {report.statistics.suppressed} suppressed" if report.statistics.suppressed else ""
    recorded = f", {report.statistics.baselined} baselined" if report.statistics.baselined else ""
    broken = f", {count(len(report.problems), 'problem')}" if report.problems else ""
    return f"{found}{silenced}{recorded}{broken} in {count(report.statistics.files, 'file')}"


def _row(one: Finding, context: Context) -> str:
    span = one.location.span
    lines = f"#L{span.line}" if span.end_line == span.line else f"#L{span.line}-L{span.end_line}"
    target = f"{context.links}{reference(one.location.path)}{lines}"
    place = f"[{_code(f'{one.location.path}:{span.line}')}]({target})"
    return f"| {_MARKS[one.severity]} | {one.code} {one.name} | {place} | {_inline(one.message)} |\n"


def _problem(one: Problem) -> str:
    place = f"{_code(f'{one.path}:{one.line}:{one.column}')}: " if one.path else ""
    return f"- {place}{_inline(one.message)}\n"


def _inline(message: str) -> str:
    """A message in one line. Its own code stays code; what would be markup, a mention or a link is shown as it is."""
    text = plain(message)
    if len(text) > _LONGEST_MESSAGE:
        text = text[: _LONGEST_MESSAGE - 3] + "..."
    pieces = []
    for index, piece in enumerate(_OWN_CODE.split(text)):
        if index % 2:
            pieces.append(_code(piece))
        else:
            pieces += [_code(word) if _LINKED.search(word) else _escaped(word) for word in re.split(r"(\s)", piece)]
    return "".join(pieces)


def _code(text: str) -> str:
    """``text`` as code. A code span cannot hold every text: no backticks, and in a table no pipes."""
    text = printable(text)
    if "`" not in text and "|" not in text and text == text.strip():
        return f"`{text}`"
    return f"<code>{_ENTITY.sub(lambda found: f'&#{ord(found[0])};', text)}</code>"


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", text)
