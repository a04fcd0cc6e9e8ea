"""Every format of every report is read by those who made the format, and holds what the report holds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace
from reports import ODD_PATHS, ODD_TEXTS, REPORTS, finding, fix, related, report
from validating import READERS, XSD, github, gitlab, is_strict, json_report, jsonl, junit, markdown

from oailint import repair
from oailint.findings import Problem, Report, Severity
from oailint.reporters import FORMATS, Context, render
from oailint.reporters.context import printable
from oailint.settings import Options

ROOT = Path(__file__).parents[2]


def test_every_format_has_a_reader_or_is_for_people() -> None:
    assert set(FORMATS) == {*READERS, "full", "concise"}
    with pytest.raises(KeyError):
        render("html", report(), Context())


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("of", REPORTS)
def test_reports_are_valid(name: str, of: str) -> None:
    text = render(name, REPORTS[of], Context())
    READERS[name](text)
    assert text == render(name, REPORTS[of], Context())
    assert text == "" or text.endswith("\n")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What is found in the examples and in some of the small projects, with fixes."""
    top = tmp_path_factory.mktemp("real")
    for folder in (ROOT / "examples", *ROOT.glob("tests/projects/loop_*"), *ROOT.glob("tests/projects/client_*")):
        shutil.copytree(folder, top / folder.name)
        (top / folder.name / "pyproject.toml").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(top)
        return repair.show(["."], Options(use_cache=False, jobs=1)).report


@pytest.mark.parametrize("name", READERS)
def test_real_findings_are_valid(name: str, real: Report) -> None:
    assert len(real.findings) > 8
    assert any(one.fix for one in real.findings) and any(len(one.related) > 1 for one in real.findings)
    READERS[name](render(name, real, Context()))


# --- GitLab ---------------------------------------------------------------------------------------------------------


def test_gitlab() -> None:
    levels = [finding(line=line, severity=level) for line, level in enumerate(reversed(Severity), 1)]
    key = finding(line=9, family="secrets", code="OAI301", name="hardcoded-api-key")
    issues = gitlab(render("gitlab", report([*levels, key]), Context()))
    assert [issue["severity"] for issue in issues] == ["major", "minor", "info", "critical"]
    assert issues[0] == {
        "description": "OAI101 nothing retries it",
        "check_name": "OAI101 missing-retry",
        "fingerprint": issues[0]["fingerprint"],
        "severity": "major",
        "location": {"path": "app/llm.py", "lines": {"begin": 1}},
    }


def test_gitlab_tells_equal_findings_apart_and_keeps_fingerprints() -> None:
    one = finding()
    alone = gitlab(render("gitlab", report([one]), Context()))
    moved = replace(one, location=finding(line=8).location)
    assert gitlab(render("gitlab", report([moved]), Context()))[0]["fingerprint"] == alone[0]["fingerprint"]
    three = gitlab(render("gitlab", REPORTS["twice"], Context()))
    assert three[0]["fingerprint"] == alone[0]["fingerprint"]


# --- JUnit ----------------------------------------------------------------------------------------------------------


def test_junit() -> None:
    told = report(
        [finding(related=(related("b.py", 4, "called here"),), help="retry it"), finding("b.py")],
        [Problem("c.py", 2, 3, "could not be read")],
    )
    root = junit(render("junit", told, Context()))
    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [
        ("app/llm.py", "1"),
        ("b.py", "1"),
        ("c.py", "1"),
    ]
    [case] = root[0]
    assert case.attrib == {
        "name": "OAI101 missing-retry 3:5", "classname": "app/llm.py", "file": "app/llm.py", "line": "3",
    }  # fmt: skip
    assert case[0].attrib == {"type": "OAI101 error", "message": "nothing retries it"}
    assert (case[0].text or "").split("\n") == [
        "app/llm.py:3:5: error: nothing retries it", "b.py:4:1: note: called here", "help: retry it",
    ]  # fmt: skip
    assert root[2][0][0].tag == "error"


def test_junit_without_findings_has_a_test_that_passed() -> None:
    root = junit(render("junit", report(), Context()))
    assert [(case.get("name"), len(case)) for case in root.iter("testcase")] == [("no findings", 0)]


def test_junit_says_what_the_message_says() -> None:
    root = junit(render("junit", REPORTS["odd texts"], Context()))
    messages = [failure.get("message") or "" for failure in root.iter("failure")]
    expected = [printable(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff") for text in ODD_TEXTS]
    assert messages == expected


def test_the_schema_of_junit_refuses_what_is_wrong() -> None:
    import xmlschema

    schema = xmlschema.XMLSchema(str(XSD))
    for wrong in (
        '<testsuites><testsuite name="a"/></testsuites>',
        '<testsuites><testsuite tests="1"><testcase/></testsuite></testsuites>',
        '<testsuites><testsuite tests="1"><testcase name="a"><failed/></testcase></testsuite></testsuites>',
    ):
        assert not schema.is_valid(wrong)


# --- JSON lines -----------------------------------------------------------------------------------------------------


def test_lines_are_the_findings_of_the_json_report() -> None:
    told = report([finding(fix=fix("x")), finding(line=4)], [Problem("gone.py", 1, 1, "does not exist")])
    lines = jsonl(render("jsonl", told, Context()))
    whole = json_report(render("json", told, Context()))
    assert lines == [*whole["findings"], {"problem": whole["problems"][0]}]
    assert render("jsonl", report(), Context()) == ""


# --- Markdown -------------------------------------------------------------------------------------------------------


def test_markdown() -> None:
    told = report(
        [finding(), finding("b c.py", severity=Severity.INFO, message="`f|g` is *it*")], suppressed=[finding()]
    )
    text = render("markdown", told, Context(links="https://example.com/blob/1/"))
    assert text.startswith("### oailint: 2 findings (1 error, 1 info), 1 suppressed in 2 files\n\n| | rule |")
    table = markdown(text)
    assert table.rows[1:] == [
        ["error", "OAI101 missing-retry", "app/llm.py:3", "nothing retries it"],
        ["info", "OAI101 missing-retry", "b c.py:3", "f|g is *it*"],
    ]
    assert table.links == ["https://example.com/blob/1/app/llm.py#L3", "https://example.com/blob/1/b%20c.py#L3"]
    assert "table" not in markdown(render("markdown", report(), Context())).tags


def test_markdown_shows_texts_as_they_are() -> None:
    rows = markdown(render("markdown", REPORTS["odd texts"], Context())).rows[1:]
    assert len(rows) == len(ODD_TEXTS)
    for text, row in zip(ODD_TEXTS, rows, strict=True):
        shown = printable(text) if len(printable(text)) <= 1000 else printable(text)[:997] + "..."
        if "`" not in text:  # pairs of them are code
            assert row[3].split() == shown.split()


def test_markdown_shows_paths_as_they_are() -> None:
    table = markdown(render("markdown", report([finding(path) for path in ODD_PATHS]), Context()))
    assert [row[2] for row in table.rows[1:]] == [f"{printable(path)}:3" for path in ODD_PATHS]
    assert len(table.links) == len(ODD_PATHS)


def test_markdown_makes_no_mention_and_no_link() -> None:
    text = render(
        "markdown", report([finding(message="ask @someone, see #12, http://x.example, WWW.x.example")]), Context()
    )
    assert all(f"`{word}`" in text for word in ("@someone,", "#12,", "http://x.example,", "WWW.x.example"))


def test_markdown_keeps_the_worst_and_says_so() -> None:
    mild = [finding(line=line, severity=Severity.INFO, message="m" * 500) for line in range(1, 200)]
    bad = [finding(line=line, message="b" * 500) for line in range(200, 250)]
    text = render("markdown", report(mild + bad, [Problem("x.py", 1, 1, "p" * 500)] * 200), Context())
    rows = markdown(text).rows[1:]
    assert len(text) > 55_000
    assert sum(row[0] == "error" for row in rows) == 50
    assert f"{249 - len(rows)} findings more, the mildest, do not fit in here." in text
    assert f"- {200 - text.count('x.py:1:1')} problems more" in text


def test_markdown_counts_bytes() -> None:
    markdown(render("markdown", report([finding(line=line, message="漢" * 900) for line in range(1, 99)]), Context()))


# --- GitHub ---------------------------------------------------------------------------------------------------------


def in_lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def test_github_says_what_the_finding_says() -> None:
    commands = github(render("github", REPORTS["odd paths"], Context()))
    assert [properties["file"] for _, properties, _ in commands] == [in_lines(path) for path in ODD_PATHS]
    messages = [message for _, _, message in github(render("github", REPORTS["odd texts"], Context()))]
    assert messages == [f"app/llm.py:{line}:5: OAI101 {in_lines(text)}" for line, text in enumerate(ODD_TEXTS, 1)]


def test_what_is_not_text_is_escaped_where_readers_are_strict() -> None:
    for name in ("sarif", "gitlab"):
        is_strict(render(name, REPORTS["odd texts"], Context()))
