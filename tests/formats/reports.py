"""Reports made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oailint.facts import Span
from oailint.findings import (
    Confidence,
    Edit,
    Finding,
    Fix,
    Location,
    Problem,
    Related,
    Report,
    Safety,
    Severity,
    Statistics,
)


def finding(path: str = "app/llm.py", line: int = 3, message: str = "nothing retries it", **more: Any) -> Finding:
    told = {
        "code": "OAI101",
        "name": "missing-retry",
        "family": "retry",
        "severity": Severity.ERROR,
        "confidence": Confidence.HIGH,
        "subject": "x",
        "fingerprint": f"{line:016x}",
        **more,
    }
    return Finding(message=message, location=Location(path, Span(line, 5, line, 9)), **told)


def related(path: str, line: int, message: str) -> Related:
    return Related(Location(path, Span(line, 1, line, 8)), message)


def fix(content: str, path: str = "app/llm.py", safety: Safety = Safety.SAFE) -> Fix:
    return Fix(safety, "wrap {it}", (Edit(Location(path, Span(3, 5, 3, 9)), content),))


def report(findings: Sequence[Finding] = (), problems: Sequence[Problem] = (), **more: Any) -> Report:
    made = Report(findings=list(findings), problems=list(problems), statistics=Statistics(files=2), **more)
    made.statistics.suppressed, made.statistics.baselined = len(made.suppressed), len(made.baselined)
    return made


ODD_PATHS = (
    "with space.py", "a%20b#c?.py", "größe/名前.py", "byte\udcff.py", "new\nline.py", "a|b`c.py", "a:b.py",
    "<b>&amp;.py", "a,b].py", "(a).py", "-", "tab\t.py", "[x](y).py", "@me.py", "quote'\".py", "{0}.py", "\u202eyp.py",
)  # fmt: skip
ODD_TEXTS = (
    "a | b", "`a|b` and `c`", "`odd ` tick `", "<img src=x onerror=alert(1)> & &amp;", "100%\nsure\r\n: a,b",
    "{0} and {{x}} and }", "[link](1) ![i](http://x)", "@someone see #12 and http://example.com or www.example.com",
    "\x00\x01\x1b[31m\x7f\x85\u2028\ufffe\uffff\ud800", "*bold* _it_ ~~no~~ \\ \\| \\`", "", " ", "`" * 9, "x" * 9999,
    "`" + "y|" * 999 + "`", "]]> <![CDATA[ <!-- -->", "::error::no", "| |\n|---|", "日本語のメッセージ" * 50, "\t",
)  # fmt: skip

REPORTS: dict[str, Report] = {
    "nothing": Report(),
    "no findings": report(),
    "a problem": report(problems=[Problem("gone.py", 1, 1, "does not exist"), Problem("", 1, 1, "the whole run")]),
    "one": report([finding()]),
    "odd paths": report(
        [finding(path, related=(related(path, 1, "here"),), fix=fix("y", path)) for path in ODD_PATHS],
        [Problem(path, 2, 3, "is odd") for path in ODD_PATHS],
    ),
    "odd texts": report(
        [
            finding(line=line, message=text, help=text, related=(related("b.py", 1, text),), fix=fix(text or "x"))
            for line, text in enumerate(ODD_TEXTS, 1)
        ],
        [Problem("b.py", 1, line, text) for line, text in enumerate(ODD_TEXTS, 1)],
    ),
    "set aside": report(
        [finding()],
        suppressed=[finding(line=8, justification="a {reason}\x1b"), finding(line=9)],
        baselined=[finding(line=10), finding(line=11, severity=Severity.INFO)],
    ),
    "twice": report([finding(), finding(), finding("b/llm.py")]),
}
