"""The command from the outside: options, exit codes, and what goes where."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import oailint
from oailint import cli
from oailint.reporters import FORMATS
from oailint.version import VERSION

REQUEST = "request()\n"
KEY = "sk-" + "a1B2" * 12


def write(path: str, text: str | bytes = REQUEST) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text if isinstance(text, bytes) else text.encode())


# --- exit codes ---------------------------------------------------------------------------------------------------


def test_nothing_to_report(run: Any) -> None:
    write("a.py", "x = 1\n")
    assert (run().code, run().out, run().err) == (0, "Found no findings in 1 file.\n", "")


def test_findings(run: Any) -> None:
    write("a.py")
    result = run()
    assert result.code == 1
    assert result.out == "a.py:1:1: OAI101 nothing retries `request`\nFound 1 finding (1 error) in 1 file.\n"
    assert result.err == ""


def test_exit_zero(run: Any) -> None:
    write("a.py")
    assert run("--exit-zero").code == 0
    write("b.py", "def (:\n")
    assert run("--exit-zero").code == 0
    assert run("--exit-zero", "gone.py").code == 2


def test_no_files_at_all(run: Any) -> None:
    result = run()
    assert (result.code, result.out, result.err) == (0, "", "warning: no Python files found\n")


def test_a_path_that_does_not_exist(run: Any) -> None:
    write("a.py")
    result = run("a.py", "gone")
    assert result.code == 2
    assert result.lines[0].startswith("a.py:1:1: OAI101")
    assert result.err == "gone:1:1: problem: does not exist\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--no-such-option"],
        ["--backoff", "none"],
        ["--baseline", ""],
        ["--write-baseline", ""],
        ["--write-baseline", "x", "--diff"],
        ["--write-baseline", "x", "-"],
        ["--select", ""],
        ["--ignore", " , "],
        [""],
        ["a.py", ""],
        *(["--output-format", name] for name in ("SARIF", "html", "")),
        ["--jobs", "0"],
        ["--jobs", "many"],
        ["--min-severity", "fatal"],
        ["--quiet", "--verbose"],
        ["--isolated", "--config", "x.toml"],
        ["--stdin-filename", "x.py"],
        ["-", "a.py"],
        *(["--statistics", "--output-format", name] for name in ("github", "jsonl", "sarif", "junit")),
        ["-o", "a.txt", "-o", "b.txt"],
        ["-o", "a.txt", "-o", "sarif:./a.txt"],
        ["-o", "sarif:"],
        ["-o", ""],
        ["-o", "app.py"],
        ["-o", "json:app.pyi"],
        ["--explain", "OAI999"],
    ],
)
def test_usage_errors(run: Any, words: list[str]) -> None:
    result = run(*words)
    assert result.code == 2
    assert result.out == ""
    assert "Usage: oailint" in result.err and "Error: " in result.err


@pytest.mark.parametrize("option", ["--select", "--ignore", "--extend-select"])
def test_unknown_rules(run: Any, option: str) -> None:
    result = run(option, "missing-retries")
    assert result.code == 2
    assert result.err == f"error: {option}: unknown rule 'missing-retries'; did you mean 'missing-retry'?\n"


def test_interrupted(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("oailint.run.execute", interrupt)
    assert run().code == 130


def test_an_internal_error_tells_no_source(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.py")

    def fail(project: object) -> None:
        raise RuntimeError(f"cannot handle {KEY!r}")

    rule = SimpleNamespace(code="OAI101", name="missing-retry", family="retry", check=fail)
    monkeypatch.setattr("oailint.rules.RULES", (rule,))
    result = run()
    assert result.code == 2
    assert "RuntimeError" in result.err and "report" in result.err
    assert "cannot handle" not in result.err and "Traceback" not in result.err
    verbose = run("--verbose")
    assert "Traceback" in verbose.err
    assert KEY not in verbose.err


# --- formats and output -------------------------------------------------------------------------------------------


def test_full_format(run: Any) -> None:
    write("a.py", f'x = 1\nrequest("{KEY}")\n')
    result = run("--output-format", "full")
    assert "OAI101 missing-retry [error]: nothing retries `request`\n --> a.py:2:1\n" in result.out
    assert "^" in result.out
    assert KEY not in result.out


def test_keys_are_masked_where_only_the_facts_know_them(run: Any) -> None:
    secret = "correct" + "horse"
    write("a.py", f'request(api_key="{secret}")\ntoken = "{secret}"\nrequest()\n')
    for name in FORMATS:
        result = run("--output-format", name, "--select", "OAI101,OAI301")
        assert "OAI101" in result.out
        assert secret not in result.out + result.err


def test_json_format(run: Any) -> None:
    write("a.py")
    write("b.py", b"'\xff'\n")
    result = run("--output-format", "json", ".", "gone.py")
    data = json.loads(result.out)
    assert result.code == 2
    assert data["summary"] == {"files": 2, "findings": 2, "suppressed": 0, "baselined": 0, "fixed": 0}
    assert [(one["rule"], one["path"], one["line"], one["column"]) for one in data["findings"]] == [
        ("OAI101", "a.py", 1, 1),
        ("OAI001", "b.py", 1, 2),
    ]
    assert data["problems"] == [{"path": "gone.py", "line": 1, "column": 1, "message": "does not exist"}]
    assert result.err == ""


def test_github_format(run: Any) -> None:
    write("a.py")
    assert run("--output-format", "github").out.startswith("::error title=oailint (OAI101 missing-retry),file=a.py")


def test_an_output_file(run: Any, tmp_path: Path) -> None:
    write("a.py")
    result = run("-o", "report.txt", "--color", "always")
    assert (result.code, result.out) == (1, "")
    assert Path("report.txt").read_text().startswith("a.py:1:1: OAI101 nothing")


def test_quiet_and_verbose(run: Any) -> None:
    write("a.py")
    os.mkfifo("pipe.py")
    assert run("--quiet").out == "a.py:1:1: OAI101 nothing retries `request`\n"
    result = run("--verbose")
    assert "pipe.py: skipped: not a regular file\n" in result.err
    assert "linked 1 files\n" in result.err
    assert run("--quiet", "gone.py").err == "gone.py:1:1: problem: does not exist\n"


def test_statistics(run: Any) -> None:
    write("a.py", "request()\nrequest()\n")
    assert run("--statistics").lines == ["2  OAI101  missing-retry", "Found 2 findings (2 errors) in 1 file."]
    data = json.loads(run("--statistics", "--output-format", "json").out)
    assert data == [{"rule": "OAI101", "name": "missing-retry", "count": 2}]


def test_color(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.py")
    assert "\x1b[" in run("--color", "always").out
    assert "\x1b[" not in run().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run().out
    assert "\x1b[" not in run("--color", "never").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run().out
    assert "\x1b[" in run("--color", "always").out


def test_full_is_the_default_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    write("a.py")
    for term, has_color in (("xterm", True), ("dumb", False)):
        monkeypatch.setenv("TERM", term)
        screen = Terminal()
        monkeypatch.setattr(sys, "stdout", screen)
        with pytest.raises(SystemExit):
            cli.main([])
        assert "--> a.py:1:1" in screen.getvalue().replace("\x1b[34m", "").replace("\x1b[0m", "")
        assert ("\x1b[" in screen.getvalue()) == has_color


# --- configuration ------------------------------------------------------------------------------------------------


def test_selection(run: Any) -> None:
    write("a.py", f'request()\napi_key = "{KEY}"\n')
    assert {line.split()[1] for line in run("--quiet").lines} == {"OAI101", "OAI301"}
    assert [line.split()[1] for line in run("-q", "--select", "secrets,OAI4").lines] == ["OAI301"]
    assert [line.split()[1] for line in run("-q", "--ignore", "OAI3", "--ignore", "OAI4").lines] == ["OAI101"]
    assert run("-q", "--min-confidence", "medium").lines == ["a.py:1:1: OAI101 nothing retries `request`"]
    write("pyproject.toml", "[tool.oailint]\nselect = ['retry']\n")
    assert [line.split()[1] for line in run("-q").lines] == ["OAI101"]
    assert len(run("-q", "--extend-select", "OAI301").lines) == 2
    assert [line.split()[1] for line in run("-q", "--select", "OAI301").lines] == ["OAI301"]
    assert len(run("-q", "--isolated").lines) == 2


def test_severity(run: Any) -> None:
    write("a.py", "shared()\nrequest()  # oailint: ignore[OAI401]\n")
    write("b.py", "def shared(): ...\n")
    assert [line.split()[1] for line in run("-q").lines] == ["OAI401", "OAI101", "OAI002"]
    assert [line.split()[1] for line in run("-q", "--min-severity", "warning").lines] == ["OAI401", "OAI101"]
    assert [line.split()[1] for line in run("-q", "--min-severity", "error").lines] == ["OAI101"]


def test_per_file_ignores(run: Any) -> None:
    write("tests/a.py", "request()  # oailint: ignore[OAI101]\nrequest()\n")
    write("a.py")
    write("pyproject.toml", "[tool.oailint.per-file-ignores]\n'tests/' = ['missing-retry']\n")
    assert run("-q").lines == ["a.py:1:1: OAI101 nothing retries `request`"]


def test_configuration_is_that_nearest_to_each_file(run: Any) -> None:
    write("oailint.toml", "ignore = ['OAI101']\n")
    write("a.py")
    write("pkg/pyproject.toml", "[project]\nname = 'pkg'\n")
    write("pkg/b.py")
    write("sub/.oailint.toml", "")
    write("sub/c.py")
    assert run("-q").lines == ["sub/c.py:1:1: OAI101 nothing retries `request`"]
    write("strict.toml", "select = ['ALL']\n")
    assert len(run("-q", "--config", "strict.toml").lines) == 3
    assert len(run("-q", "--isolated").lines) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", "oailint.toml: unknown key 'selct'; did you mean 'select'?"),
        ("select = ", "oailint.toml:1:"),
        ("select = ['OAI999']", "oailint.toml: select: unknown rule 'OAI999'"),
        ("ignore = ['missing-retri']", "oailint.toml: ignore: unknown rule 'missing-retri'; did you mean"),
        ("per-file-ignores = {'a' = ['x']}", "oailint.toml: per-file-ignores: unknown rule 'x'"),
    ],
)
def test_broken_configuration(run: Any, text: str, message: str) -> None:
    write("a.py")
    write("oailint.toml", text)
    result = run()
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error: {message}")
    assert run("--isolated").code == 1


def test_configuration_that_is_named(run: Any) -> None:
    write("a.py")
    assert run("--config", "gone.toml").err.startswith("error: gone.toml: cannot be read")
    write("pyproject.toml", "[project]\nname = 'x'\n")
    assert "holds no [tool.oailint]" in run("--config", "pyproject.toml").err


def test_the_configured_format(run: Any) -> None:
    write("oailint.toml", "output-format = 'json'\n")
    write("a.py")
    assert json.loads(run().out)["version"] == 1
    assert run("--output-format", "concise").lines[0].startswith("a.py:1:1")


def test_excluded_files(run: Any) -> None:
    write("oailint.toml", "extend-exclude = ['gen']\n")
    write("gen/a.py")
    assert run("-q").lines == []
    assert run("-q", "gen/a.py").code == 1


def test_files_over_the_guard(run: Any) -> None:
    write("oailint.toml", "max-file-size = 100\n")
    write("big.py", REQUEST * 50)
    write("a.py", "x = 1\n")
    result = run()
    assert result.code == 2
    assert result.err.startswith("big.py:1:1: problem: is larger than max-file-size (500 > 100 bytes)")
    assert run("big.py").code == 1
    assert run("a.py").code == 0  # nobody asked for the large one


# --- looking around -----------------------------------------------------------------------------------------------


def test_show_files(run: Any) -> None:
    write("b.py")
    write("a/c.py")
    write("build/d.py")
    assert run("--show-files").lines == ["a/c.py", "b.py"]
    result = run("--show-files", "gone", "b.py")
    assert (result.code, result.lines) == (2, ["b.py"])


def test_show_settings(run: Any) -> None:
    write("pyproject.toml", "[tool.oailint]\nignore = ['OAI101']\n[tool.oailint.per-file-ignores]\n'a\"b' = ['OAI2']\n")
    result = run("--show-settings", "--min-severity", "error")
    assert result.code == 0
    assert result.lines[0] == f"# {Path.cwd() / 'pyproject.toml'}"
    assert 'ignore = ["OAI101"]' in result.lines
    assert 'min-severity = "error"' in result.lines
    assert "max-file-size = 1000000" in result.lines
    assert 'per-file-ignores = { "a\\"b" = ["OAI2"] }' in result.lines
    assert "# select is not set" in result.lines


def test_rules(run: Any) -> None:
    table = run("--rules").lines
    assert table[0].split() == ["CODE", "NAME", "FAMILY", "SEVERITY", "CONFIDENCE", "FIX", "SUMMARY"]
    assert len(table) == 6
    data = json.loads(run("--rules", "--output-format", "json").out)
    assert data[2] == {
        "code": "OAI101",
        "name": "missing-retry",
        "family": "retry",
        "severity": "error",
        "confidence": "high",
        "fix": False,
        "summary": "what it finds",
    }


@pytest.mark.parametrize("word", ["OAI401", "oai401", "unthrottled-loop"])
def test_explain(run: Any, word: str) -> None:
    result = run("--explain", word)
    assert result.code == 0
    assert "OAI401" in result.out and "unthrottled-loop" in result.out


def test_explain_suggests(run: Any) -> None:
    assert "did you mean 'missing-retry'?" in run("--explain", "mising-retry").err


def test_version_and_help(run: Any) -> None:
    assert run("--version").out == f"oailint {VERSION}\n"
    for option in ("-h", "--help"):
        assert run(option).code == 0
        assert run(option).out.startswith("Usage: oailint [OPTIONS] [PATHS]...")
    assert oailint.__version__ == VERSION


# --- as a process -------------------------------------------------------------------------------------------------


def test_as_a_module(child_environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "oailint", "--version"]
    result = subprocess.run(command, env=child_environment, capture_output=True, check=False)
    assert (result.returncode, result.stdout.decode().strip()) == (0, f"oailint {VERSION}")


def test_a_reader_that_goes_away_is_no_error(child_environment: dict[str, str]) -> None:
    write("a.py", "x = 1\n")
    reader, writer = os.pipe()
    os.close(reader)
    try:
        for words in ([], ["--show-files"], ["--show-settings"]):
            command = [sys.executable, "-m", "oailint", *words]
            result = subprocess.run(command, env=child_environment, stdout=writer, stderr=subprocess.PIPE, check=False)
            assert (result.returncode, result.stderr) == (0, b"")
    finally:
        os.close(writer)


def test_output_that_the_terminal_cannot_encode(child_environment: dict[str, str]) -> None:
    write("ä€.py", "x = 1\n")
    command = [sys.executable, "-m", "oailint", "--show-files"]
    environment = {**child_environment, "PYTHONIOENCODING": "ascii"}
    result = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (result.returncode, result.stdout.decode().strip()) == (0, "\\xe4\\u20ac.py")


@pytest.mark.skipif(os.name == "nt", reason="the redirections are those of a POSIX shell")
@pytest.mark.parametrize(
    ("redirection", "status", "told"),
    [
        (">&-", 0, ""),
        (">/dev/full", 2, "error: standard output cannot be written: No space left on device\n"),
        ("-v 2>/dev/full", 0, ""),
        ("-v 2>&-", 0, ""),
        ("gone.py 2>/dev/full", 2, ""),
        ("--no-such-option 2>/dev/full", 2, ""),
    ],
)
def test_a_stream_that_takes_nothing(
    redirection: str, status: int, told: str, child_environment: dict[str, str]
) -> None:
    if "full" in redirection and not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    write("a.py", "x = 1\n")
    command = f'"{sys.executable}" -m oailint --no-cache --output-format concise a.py {redirection}'
    done = subprocess.run(command, shell=True, env=child_environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (status, told)


def test_a_pattern_that_is_none_is_an_error_of_the_configuration(run: Any) -> None:
    write("oailint.toml", "[per-file-ignores]\n'!' = ['OAI101']\n")
    write("a.py", "x = 1\n")
    result = run("a.py")
    assert result.code == 2
    assert "per-file-ignores: '!' is no pattern" in result.err


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("oailint.toml", "backoff = 'KEY'\n"),
        ("oailint.toml", "KEY = 1\n"),
        ("oailint.toml", "clients = ['KEY']\n"),
        ("oailint.toml", "select = ['KEY']\n"),
        ("oailint.toml", "backoff-helper = 'KEY'\n"),
        ("oailint.toml", "[per-file-ignores]\n'KEY' = ['KEY']\n"),
        ("oailint.toml", "KEY KEY\n"),
    ],
)
def test_keys_in_a_configuration_are_masked_in_errors(run: Any, name: str, text: str) -> None:
    write("a.py", "x = 1\n")
    write(name, text.replace("KEY", KEY))
    result = run()
    assert result.code == 2
    assert result.err.startswith("error: oailint.toml")
    assert KEY[3:] not in result.err


@pytest.mark.parametrize("words", [["--select", KEY], ["--explain", KEY], ["--backoff", KEY], [f"--{KEY}"]])
def test_keys_in_arguments_are_masked_in_errors(run: Any, words: list[str]) -> None:
    result = run(*words)
    assert result.code == 2
    assert KEY[3:] not in result.err


def test_keys_in_a_configuration_are_masked_where_settings_are_shown(run: Any) -> None:
    write("oailint.toml", f"cache-dir = '{KEY}'\nextend-exclude = ['{KEY}']\n")
    result = run("--show-settings")
    assert 'cache-dir = "sk-' in result.out
    assert KEY[3:] not in result.out


def test_a_working_directory_that_is_gone(child_environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    program = "import os, sys; os.rmdir(os.getcwd()); from oailint.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=folder, env=child_environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith("Error: The working directory cannot be used: No such file or directory.\n")
    assert "Traceback" not in done.stderr


def test_what_would_steer_a_terminal_is_escaped_in_annotations(run: Any) -> None:
    write("a\x1b[31m.py", REQUEST)
    result = run("--output-format", "github")
    assert "\x1b" not in result.out
    assert "a\\x1b[31m.py" in result.out
