"""What a reporter needs beside the report, and what all formats share."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from oailint.findings import Finding, Problem, Report, Safety, Severity

_CODES = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}


def _no_lines(path: str) -> list[str] | None:
    return None


def _no_telling(text: str) -> None:
    return None


class Context(Struct, frozen=True):
    """``lines`` gives the source lines of a path (None: not to be had), secrets painted over where they are known.

    ``statistics`` counts findings instead of listing them; ``quiet`` leaves out all but the findings. ``unsafe`` counts
    unsafe fixes among those that may be applied; ``offers`` tells what could be fixed, where nothing was. ``links`` is
    what stands before a path in a link to it; ``tell`` is given what a reader must know of what was left out.
    """

    lines: Callable[[str], list[str] | None] = _no_lines
    color: bool = False
    statistics: bool = False
    quiet: bool = False
    unsafe: bool = False
    offers: bool = True
    links: str = ""
    tell: Callable[[str], None] = _no_telling

    def is_fixable(self, finding: Finding) -> bool:
        """Whether ``--fix`` would apply the finding's fix."""
        return finding.plan is not None and finding.plan.safety >= (Safety.UNSAFE if self.unsafe else Safety.SAFE)

    def style(self, text: str, *styles: str) -> str:
        """``text`` in the given styles, if there is colour."""
        if not self.color or not styles or not text:
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"


def severity_style(severity: Severity) -> str:
    """The colour that stands for a severity."""
    return {Severity.ERROR: "red", Severity.WARNING: "yellow"}.get(severity, "cyan")


def printable(text: str) -> str:
    """``text`` without what would steer a terminal: control and direction characters become visible escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if _is_harmless(char) else _escape(char) for char in text)


def _is_harmless(char: str) -> bool:
    # Cs are lone surrogates: bytes of a file name that are not text.
    return char == "\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def problem_line(problem: Problem, context: Context) -> str:
    """A problem as one line for standard error."""
    place = f"{printable(problem.path)}:{problem.line}:{problem.column}: " if problem.path else ""
    return f"{place}{context.style('problem', 'bold', 'red')}: {printable(problem.message)}"


def count(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def summary(report: Report, context: Context) -> str:
    """The closing line of the formats for people; empty if nothing was read, or if quiet."""
    if context.quiet or not report.statistics.files:
        return ""
    severities = Counter(finding.severity for finding in report.findings)
    parts = [
        count(severities[severity], noun)
        for severity, noun in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"))
        if severities[severity]
    ]
    if severities[Severity.INFO]:
        parts.append(f"{severities[Severity.INFO]} info")
    aside = [(report.statistics.suppressed, "suppressed"), (report.statistics.baselined, "baselined")]
    told = ", ".join(f"{number} {how}" for number, how in aside if number)
    silenced = f"; {told}" if told else ""
    files = count(report.statistics.files, "file")
    if not report.findings:
        return f"Found no findings in {files}{silenced}.\n"
    return f"Found {count(len(report.findings), 'finding')} ({', '.join(parts)}) in {files}{silenced}.\n" + (
        offer(report, context) if context.offers else ""
    )


def offer(report: Report, context: Context) -> str:
    """The line that says what could be fixed; empty if nothing could."""
    fixable = sum(map(context.is_fixable, report.findings))
    more = hidden(report, context)
    if fixable:
        rest = f", {more} more with --unsafe-fixes" if more else ""
        flags = "--fix --unsafe-fixes" if context.unsafe else "--fix"
        return f"{context.style('[*]', 'cyan')} {fixable} fixable with {flags}{rest}.\n"
    return f"{more} fixable with --fix --unsafe-fixes.\n" if more else ""


def hidden(report: Report, context: Context) -> int:
    """How many findings could only be fixed with ``--unsafe-fixes``."""
    plans = [one.plan for one in report.findings if not context.is_fixable(one)]
    return sum(plan is not None and plan.safety is Safety.UNSAFE for plan in plans)


def repairs(report: Report, context: Context, *, would: bool) -> str:
    """What was fixed, or would be: the line for standard error."""
    done, more = report.statistics.fixed, hidden(report, context)
    if not done:
        rest = f"; {more} fixable with --unsafe-fixes" if more else ""
        return f"{'Would fix' if would else 'Fixed'} nothing{rest}."
    rest = f", {more} more with --unsafe-fixes" if more else ""
    return f"{'Would fix' if would else 'Fixed'} {done}{rest}."


def statistics(report: Report, context: Context) -> str:
    """How many findings each rule has, the most first."""
    counts = Counter((finding.code, finding.name) for finding in report.findings)
    width = max((len(str(number)) for number in counts.values()), default=0)
    return "".join(
        f"{number:>{width}}  {context.style(code, 'bold', 'red')}  {name}\n"
        for (code, name), number in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    )
