"""The formats: what they print, and what they never print."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

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
from oailint.reporters import Context, render
from oailint.reporters.context import printable, problem_line
from oailint.version import VERSION

KEY = "sk-" + "a1B2" * 12
SOURCE = f'''import openai

def ask(prompt):
\t"""Doc."""
\tanswer = openai.ChatCompletion.create(
\t\tmodel="gpt-4",
\t\tmessages=[
\t\t\tprompt,
\t\t],
\t)
\treturn answer

openai.api_key = "{KEY}"
名前 = openai.Completion.create(n=1)
'''
LINES = SOURCE.splitlines()


def finding(span: tuple[int, int, int, int], message: str = "nothing retries it") -> Finding:
    return Finding(
        code="OAI101",
        name="missing-retry",
        family="retry",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=message,
        location=Location("app/llm.py", Span(*span)),
        subject="x",
        fingerprint="0123456789abcdef",
    )


WIDE = finding((14, 6, 14, 34))
KEYED = replace(
    finding((13, 18, 13, 20 + len(KEY)), "a key"),
    code="OAI301",
    name="hardcoded-api-key",
    family="secrets",
    confidence=Confidence.LOW,
)


def report(*findings: Finding, suppressed: int = 0) -> Report:
    return Report(findings=list(findings), statistics=Statistics(files=12, suppressed=suppressed))


def full(*findings: Finding, lines: list[str] | None = LINES, color: bool = False) -> str:
    return render("full", report(*findings), Context(lines=lambda path: lines, color=color))


def frame(one: Finding, lines: list[str]) -> list[str]:
    """The rows of the frame that are not empty."""
    text = full(one, lines=lines)
    return [row for row in text.splitlines() if "|" in row and row.strip() != "|"]


def test_full_marks_the_place() -> None:
    related = Related(Location("app/main.py", Span(4, 1, 4, 20)), "called here")
    assert full(replace(WIDE, related=(related,), help="Retry it.")) == (
        "OAI101 missing-retry [error]: nothing retries it\n"
        "  --> app/llm.py:14:6\n"
        "   |\n"
        "12 |\n"
        '13 | openai.api_key = "sk-****"\n'
        "14 | 名前 = openai.Completion.create(n=1)\n"
        "   |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "   |\n"
        "   = note: app/main.py:4:1: called here\n"
        "   = help: Retry it.\n"
        "\n"
        "Found 1 finding (1 error) in 12 files.\n"
    )


def test_full_shortens_a_place_of_many_lines() -> None:
    assert frame(finding((5, 11, 10, 3)), LINES) == [
        " 3 |   def ask(prompt):",
        ' 4 |       """Doc."""',
        " 5 |       answer = openai.ChatCompletion.create(",
        "   |  ______________^",
        ' 6 | |         model="gpt-4",',
        "...  |",
        "10 | |     )",
        "   | |_____^",
        "11 |       return answer",
        "12 |",
    ]


def test_full_shows_a_place_of_few_lines_whole() -> None:
    lines = ["f(", "  1,", ")"]
    assert frame(finding((1, 1, 3, 2)), lines) == ["1 | / f(", "2 | |   1,", "3 | | )", "  | |_^"]


def test_full_hides_literals_where_a_key_is() -> None:
    text = full(KEYED)
    assert "[error, low confidence]" in text
    assert '13 | openai.api_key = "****"\n   |                  ^^^^^^\n' in text
    assert KEY not in text


def test_full_hides_keys_on_every_line() -> None:
    lines = [f'a = "{KEY}"; f()', f"# {KEY}", f'b = ("{KEY}", f(1), "{KEY}")', f"'{KEY}'"]
    start = lines[2].index("f(")
    rows = frame(finding((3, start + 1, 3, start + 5)), lines)
    assert KEY not in "\n".join(rows)
    marked = next(row for row in rows if row.startswith("3 |"))
    marks = rows[rows.index(marked) + 1]
    assert marked[marks.index("^") : marks.rindex("^") + 1] == "f(1)"


def test_full_without_source() -> None:
    for lines in (None, [], ["only one"]):
        assert full(WIDE, lines=lines).startswith(
            "OAI101 missing-retry [error]: nothing retries it\n  --> app/llm.py:14:6\n\n"
        )


@pytest.mark.parametrize("span", [(1, 1, 1, 1), (1, 3, 1, 3), (1, 2, 9, 9), (2, 1, 3, 1), (1, 90, 1, 95), (1, 1, 2, 1)])
def test_full_survives_places_that_are_not_there(span: tuple[int, int, int, int]) -> None:
    assert "^" in full(finding(span), lines=["ab", ""])


def test_full_cuts_long_lines() -> None:
    line = "x = [" + "1, " * 400 + "target(), " + "2, " * 400 + "]"
    start = line.index("target") + 1
    rows = frame(finding((1, start, 1, start + 8)), [line, "y" * 1000])
    assert max(map(len, rows)) < 180
    column = rows[1].index("^")
    assert rows[0][column : column + 8] == "target()"


def test_nothing_steers_the_terminal() -> None:
    evil = "\x1b[31m\x07\r\u202e\u2066\x9b"
    one = replace(finding((1, 1, 1, 2), f"m{evil}"), help=evil, related=(Related(WIDE.location, evil),))
    one = replace(one, location=Location(f"a{evil}.py", one.location.span))
    for name in ("full", "concise"):
        text = render(name, report(one), Context(lines=lambda path: [f"x = 1  # {evil}"]))
        assert not set(evil.replace("[31m", "")) & set(text)
    assert printable(evil) == "\\x1b[31m\\x07\\x0d\\u202e\\u2066\\x9b"
    assert problem_line(Problem(evil, 1, 1, evil), Context()).isprintable()


def test_color_is_only_there_when_asked_for() -> None:
    assert "\x1b[" in full(WIDE, color=True)
    assert "\x1b[" not in full(WIDE)


def test_concise() -> None:
    assert render("concise", report(WIDE, KEYED, suppressed=2), Context()) == (
        "app/llm.py:14:6: OAI101 nothing retries it\n"
        "app/llm.py:13:18: OAI301 a key\n"
        "Found 2 findings (2 errors) in 12 files; 2 suppressed.\n"
    )


def test_the_summary_counts_by_severity() -> None:
    levels = (Severity.INFO, Severity.WARNING, Severity.ERROR, Severity.WARNING, Severity.INFO)
    text = render("concise", report(*(replace(WIDE, severity=level) for level in levels)), Context())
    assert text.endswith("Found 5 findings (1 error, 2 warnings, 2 info) in 12 files.\n")
    assert render("full", report(), Context()) == "Found no findings in 12 files.\n"
    assert render("full", Report(), Context()) == ""
    assert render("concise", report(WIDE), Context(quiet=True)).count("\n") == 1


def test_json_has_exactly_the_promised_keys() -> None:
    fix = Fix(Safety.UNSAFE, "Retry it", (Edit(Location("app/llm.py", Span(1, 2, 3, 4)), "new"),))
    related = Related(Location("app/main.py", Span(4, 1, 4, 20)), "called here")
    full_report = report(replace(WIDE, fix=fix, related=(related,)), suppressed=1)
    full_report.problems.append(Problem("b.py", 1, 1, "could not be read"))
    assert json.loads(render("json", full_report, Context())) == {
        "version": 1,
        "tool": {"name": "oailint", "version": VERSION},
        "summary": {"files": 12, "findings": 1, "suppressed": 1, "baselined": 0, "fixed": 0},
        "findings": [
            {
                "rule": "OAI101",
                "name": "missing-retry",
                "family": "retry",
                "severity": "error",
                "confidence": "high",
                "message": "nothing retries it",
                "path": "app/llm.py",
                "line": 14,
                "column": 6,
                "end_line": 14,
                "end_column": 34,
                "related": [
                    {
                        "path": "app/main.py",
                        "line": 4,
                        "column": 1,
                        "end_line": 4,
                        "end_column": 20,
                        "message": "called here",
                    }
                ],
                "fix": {
                    "safety": "unsafe",
                    "title": "Retry it",
                    "edits": [
                        {
                            "path": "app/llm.py",
                            "line": 1,
                            "column": 2,
                            "end_line": 3,
                            "end_column": 4,
                            "content": "new",
                        }
                    ],
                },
                "fingerprint": "0123456789abcdef",
            }
        ],
        "problems": [{"path": "b.py", "line": 1, "column": 1, "message": "could not be read"}],
    }


def test_json_without_a_fix() -> None:
    assert json.loads(render("json", report(WIDE), Context()))["findings"][0]["fix"] is None


def test_json_is_ascii_whatever_the_paths_are() -> None:
    odd = replace(WIDE, location=Location("ä\udcff.py", WIDE.location.span))
    text = render("json", report(odd), Context())
    assert text.isascii()
    assert json.loads(text)["findings"][0]["path"] == "ä\udcff.py"


def test_github_escapes() -> None:
    odd = replace(WIDE, message="100%\nsure: a,b", location=Location("a,b:c%.py", Span(3, 1, 5, 2)))
    assert render("github", report(odd, replace(WIDE, severity=Severity.INFO)), Context()).splitlines() == [
        "::error title=oailint (OAI101 missing-retry),file=a%2Cb%3Ac%25.py,line=3,endLine=5,col=1"
        "::a,b:c%25.py:3:1: OAI101 100%25%0Asure: a,b",
        "::notice title=oailint (OAI101 missing-retry),file=app/llm.py,line=14,endLine=14,col=6,endColumn=34"
        "::app/llm.py:14:6: OAI101 nothing retries it",
    ]


def test_statistics() -> None:
    counted = report(WIDE, KEYED, WIDE)
    assert render("full", counted, Context(statistics=True)) == (
        "2  OAI101  missing-retry\n1  OAI301  hardcoded-api-key\nFound 3 findings (3 errors) in 12 files.\n"
    )
    assert json.loads(render("json", counted, Context(statistics=True))) == [
        {"rule": "OAI101", "name": "missing-retry", "count": 2},
        {"rule": "OAI301", "name": "hardcoded-api-key", "count": 1},
    ]
