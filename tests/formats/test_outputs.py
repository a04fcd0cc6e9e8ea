"""Where reports go: standard output, files, copies, and the summary of a job."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from validating import READERS, json_report, jsonl, junit, markdown, sarif

from oailint.delivery import Outputs, outputs

SOURCE = "import openai\n\n\ndef ask(text):\n    return openai.ChatCompletion.create(model='m', messages=[text])\n"


@pytest.fixture
def file() -> Path:
    path = Path("llm.py")
    path.write_text(SOURCE)
    return path


def test_a_file_takes_the_report(run: Any, file: Path) -> None:
    ran = run("-o", "report.txt", "--color", "always")
    assert (ran.code, ran.out) == (1, "")
    assert Path("report.txt").read_text().startswith("llm.py:5:12: OAI101 ")
    assert "\x1b" not in Path("report.txt").read_text()


def test_a_copy_leaves_the_report_where_it_is(run: Any, file: Path) -> None:
    alone = run("--output-format", "concise")
    ran = run("--output-format", "concise", "-o", "sarif:out.sarif", "-o", "junit:out.xml")
    assert (ran.code, ran.out) == (1, alone.out)
    assert len(sarif(Path("out.sarif").read_text())["runs"][0]["results"]) == 1
    assert junit(Path("out.xml").read_text()).get("failures") == "1"


def test_a_file_and_a_copy(run: Any, file: Path) -> None:
    ran = run("--output-format", "json", "-o", "main", "-o", "jsonl:copy")
    assert (ran.code, ran.out) == (1, "")
    assert jsonl(Path("copy").read_text()) == json_report(Path("main").read_text())["findings"]


@pytest.mark.parametrize(
    ("name", "configured", "expected"),
    [
        ("a.sarif", "", "sarif"),
        ("a.sarif.json", "", "sarif"),
        ("a.SARIF", "full", "sarif"),
        ("a.json", "", "json"),
        ("a.json", "gitlab", "gitlab"),
        ("a.json", "full", "json"),
        ("a.jsonl", "json", "jsonl"),
        ("a.xml", "", "junit"),
        ("a.md", "", "markdown"),
        ("a.txt", "", ""),
        ("", "json", ""),
        ("sarif", "", ""),
    ],
)
def test_the_name_of_a_file_tells_its_format(name: str, configured: str, expected: str) -> None:
    assert Outputs(name).format_of_file(configured) == expected


def test_a_named_format_wins_over_the_name_of_the_file(run: Any, file: Path) -> None:
    run("-o", "report.sarif")
    sarif(Path("report.sarif").read_text())
    run("-o", "report.sarif", "--output-format", "json")
    json_report(Path("report.sarif").read_text())


def test_words() -> None:
    assert outputs(["a.txt", "sarif:b", "json:c:d", "x:y"[:1] + "/z"][:3]) == Outputs(
        "a.txt", (("sarif", "b"), ("json", "c:d"))
    )
    assert outputs(["C:/reports/a.json"]) == Outputs("C:/reports/a.json")
    assert outputs(["./sarif:x"]) == Outputs("./sarif:x")
    for wrong in (
        ["a", "b"],
        ["sarif:"],
        [""],
        ["app.py"],
        ["sarif:app.PYI"],
        ["a", "sarif:./a"],
        ["json:b", "full:b"],
    ):
        with pytest.raises(ValueError):
            outputs(wrong)


def test_copies_hold_findings_where_statistics_are_shown(run: Any, file: Path) -> None:
    ran = run("--statistics", "-o", "jsonl:out.jsonl")
    assert ran.out.startswith("1  OAI101  missing-retry\n")
    assert len(jsonl(Path("out.jsonl").read_text())) == 1
    assert run("--statistics", "-o", "out.sarif").code == 1
    assert Path("out.sarif").read_text().startswith("1  OAI101")


def test_copies_hold_fixes(run: Any, file: Path) -> None:
    run("--output-format", "concise", "-o", "json:out.json")
    assert json_report(Path("out.json").read_text())["findings"][0]["fix"]["edits"]


def test_a_copy_of_what_fixes_leave(run: Any, file: Path) -> None:
    ran = run("--fix", "-o", "json:out.json")
    report = json_report(Path("out.json").read_text())
    assert (ran.code, report["summary"]["fixed"], report["findings"]) == (0, 1, [])


def test_a_copy_beside_a_diff(run: Any, file: Path) -> None:
    ran = run("--diff", "-o", "changes.diff", "-o", "sarif:out.sarif")
    assert (ran.code, ran.out) == (1, "")
    assert Path("changes.diff").read_text().startswith("--- llm.py\n")
    sarif(Path("out.sarif").read_text())
    assert file.read_text() == SOURCE


def test_a_file_is_replaced_whole(run: Any, file: Path) -> None:
    report = Path("report.json")
    report.write_text("old " * 9999)
    report.chmod(0o600)
    link = Path("link.json")
    link.symlink_to(report)
    run("-o", "link.json")
    json_report(report.read_text())
    assert link.is_symlink()
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert sorted(path.name for path in Path().iterdir()) == ["link.json", "llm.py", "report.json"]


def test_a_file_that_fails_halfway_keeps_what_it_held(run: Any, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    Path("report.json").write_text("old")
    monkeypatch.setattr(os, "replace", fail)
    ran = run("--no-cache", "-o", "report.json")
    assert (ran.code, ran.err) == (2, "error: report.json: could not be written: No space left on device\n")
    assert Path("report.json").read_text() == "old"
    assert sorted(path.name for path in Path().iterdir()) == ["llm.py", "report.json"]


def test_missing_folders_are_made(run: Any, file: Path) -> None:
    assert run("-o", "new/folder/report.json").code == 1
    json_report(Path("new/folder/report.json").read_text())


def test_a_file_that_cannot_be_written_is_told(run: Any, file: Path) -> None:
    Path("folder").mkdir()
    Path("locked.json").write_text("old")
    Path("locked.json").chmod(0o444)
    for name in ("folder", "llm.py/report.json", "locked.json"):
        ran = run("--output-format", "concise", "-o", f"json:{name}")
        assert ran.code == 2
        assert ran.out.startswith("llm.py:5:12: OAI101")
        assert ran.err.startswith(f"error: {name}: could not be written: ")
        assert "internal" not in ran.err and "Traceback" not in ran.err
    assert Path("locked.json").read_text() == "old"
    assert run("-o", "folder").code == 2


@pytest.mark.skipif(os.name == "nt", reason="devices are files on POSIX")
def test_a_device_is_written_to(run: Any, file: Path) -> None:
    assert run("-o", "json:/dev/null").code == 1
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.skipif(os.name == "nt", reason="pipes have no name there")
def test_what_somebody_else_has_opened_is_written_to(run: Any, file: Path) -> None:
    reading, writing = os.pipe()
    try:
        assert run("--output-format", "concise", "-o", f"jsonl:/dev/fd/{writing}").code == 1
        assert len(jsonl(os.read(reading, 65_536).decode())) == 1
    finally:
        os.close(reading)
        os.close(writing)
    with Path("redirected").open("wb") as target:
        assert run("--output-format", "concise", "-o", f"json:/dev/fd/{target.fileno()}").code == 1
        assert os.fstat(target.fileno()).st_nlink == 1
    json_report(Path("redirected").read_text())


def test_a_name_may_be_as_long_as_names_can_be(run: Any, file: Path) -> None:
    name = "n" * 250 + ".json"
    assert run("-o", name).code == 1
    json_report(Path(name).read_text())


def test_problems_are_told_on_the_terminal_where_a_file_takes_the_report(run: Any) -> None:
    assert run("--output-format", "sarif", "gone.py").err == ""
    ran = run("-o", "out.sarif", "gone.py")
    assert (ran.code, ran.err) == (2, "gone.py:1:1: problem: does not exist\n")
    [invocation] = sarif(Path("out.sarif").read_text())["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False


@pytest.mark.parametrize("name", READERS)
def test_standard_input(name: str, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from io import BytesIO
    from types import SimpleNamespace

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=BytesIO(b"\xef\xbb\xbf" + SOURCE.encode())))
    ran = run("--output-format", name, "-")
    assert ran.code == 1
    READERS[name](ran.out)


# --- the summary of a job -------------------------------------------------------------------------------------------


def test_the_summary_of_a_job(run: Any, file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    run("--output-format", "concise")
    assert summary.read_text() == "before\n"
    ran = run("--output-format", "github")
    assert ran.out.startswith("::error ")
    told = summary.read_text()
    assert told.startswith("before\n### oailint: 1 finding (1 error) in 1 file\n")
    assert markdown(told.removeprefix("before\n")).links == ["llm.py#L5"]


def test_a_summary_that_cannot_be_written_stops_nothing(run: Any, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(Path("no/such/file").absolute()))
    ran = run("--output-format", "github")
    assert (ran.code, ran.out.count("::error")) == (1, 1)
    assert ran.err == "warning: the job summary could not be written: No such file or directory\n"


def test_links_lead_to_the_commit_of_the_job(run: Any, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.example.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/app")
    monkeypatch.setenv("GITHUB_SHA", "abc123")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(Path("..").resolve()))
    at = "https://git.example.com/acme/app/blob/abc123/work/llm.py#L5"
    assert markdown(run("--output-format", "markdown").out).links == [at]
    monkeypatch.delenv("GITHUB_SHA")
    monkeypatch.setenv("CI_PROJECT_URL", "https://lab.example.com/acme/app")
    monkeypatch.setenv("CI_COMMIT_SHA", "def456")
    monkeypatch.setenv("CI_PROJECT_DIR", str(Path.cwd()))
    assert markdown(run("--output-format", "markdown").out).links == [
        "https://lab.example.com/acme/app/-/blob/def456/llm.py#L5"
    ]


def test_the_summary_holds_the_findings_whatever_the_format_prints(run: Any, file: Path) -> None:
    assert json.loads(run("--output-format", "gitlab").out)[0]["location"]["path"] == "llm.py"
