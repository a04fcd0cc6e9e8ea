"""--fix, --diff and what goes with them: rounds, writing, the texts that are shown, exit codes."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fakes import FAKE_RULES, FakeProject, FakeRule
from msgspec.structs import replace

import oailint
import oailint.rules
from oailint import repair, settling
from oailint.config import Config
from oailint.facts import Span
from oailint.findings import BackOff, Finding, FixPlan, Location, Replace, Safety
from oailint.settings import Options
from oailint.sources import writing

UNUSED = "x = 1  # oailint: ignore[OAI101]\n"
CLEAN = "x = 1\n"
REQUEST = "def f():\n    pass\n\n\nrequest()\n"


@dataclass(frozen=True)
class Planned:
    """A rule with a plan for each of its findings."""

    rule: FakeRule
    safety: Safety
    content: str = ""

    def __getattr__(self, name: str) -> object:
        return getattr(self.rule, name)

    def check(self, project: FakeProject) -> Iterator[Finding]:
        for one in self.rule.check(project):
            yield replace(one, plan=FixPlan("Do it better", (self.change(one.location),), self.safety))

    def change(self, place: Location) -> BackOff | Replace:
        span = place.span
        target = Location(place.path, Span(span.line, span.column, span.line, span.column + len("request")))
        return Replace(place, self.content) if self.content else BackOff(target, 0, False, "v1", "already")


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the rule on requests have plans."""

    def install(safety: Safety = Safety.SAFE, content: str = "") -> None:
        rules = tuple(Planned(rule, safety, content) if rule.code == "OAI101" else rule for rule in FAKE_RULES)
        monkeypatch.setattr(oailint.rules, "RULES", rules)

    return install


def write(path: str, text: str | bytes) -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    class Stdin:
        class buffer:
            @staticmethod
            def read() -> bytes:
                return data

    monkeypatch.setattr(sys, "stdin", Stdin)


def leftovers() -> list[str]:
    return [path.name for path in Path().rglob("*") if path.name.endswith(".oailint")]


# --- applying -----------------------------------------------------------------------------------------------------


def test_fix_applies_and_tells(run: Any) -> None:
    file = write("a.py", UNUSED)
    ran = run("--fix")
    assert (ran.code, ran.lines, ran.err) == (0, ["Found no findings in 1 file."], "Fixed 1.\n")
    assert file.read_text() == CLEAN
    ran = run("--fix")
    assert (ran.code, ran.err) == (0, "Fixed nothing.\n")
    assert run("--fix", "-q").err == ""


def test_what_is_left_is_reported(run: Any) -> None:
    write("a.py", UNUSED + "request()\n")
    ran = run("--fix")
    assert (ran.code, ran.lines[0]) == (1, "a.py:2:1: OAI101 nothing retries `request`")
    assert run("--fix", "--exit-zero").code == 0


def test_exit_non_zero_on_fix(run: Any) -> None:
    write("a.py", UNUSED)
    assert run("--fix", "--exit-non-zero-on-fix").code == 1
    assert run("--fix", "--exit-non-zero-on-fix").code == 0


@pytest.mark.parametrize(
    ("data", "fixed"),
    [
        (b"\xef\xbb\xbfx = 1  # oailint: ignore[OAI101]\r\ny = 2\n", b"\xef\xbb\xbfx = 1\r\ny = 2\n"),
        (b"# coding: latin-1\ny = '\xe4'\rx = 1 # oailint: ignore[OAI101]", b"# coding: latin-1\ny = '\xe4'\rx = 1"),
        (b"if x:\n\tpass\n\t# oailint: ignore[OAI101]\r\n\ty\n", b"if x:\n\tpass\n\ty\n"),
    ],
)
def test_all_other_bytes_stay(run: Any, data: bytes, fixed: bytes) -> None:
    file = write("a.py", data)
    run("--fix")
    assert file.read_bytes() == fixed


def test_unsafe_fixes_are_asked_for(run: Any, planned: Any) -> None:
    planned(Safety.UNSAFE)
    file = write("a.py", REQUEST)
    ran = run()
    assert ran.lines[-1] == "1 fixable with --fix --unsafe-fixes."
    assert "[*]" not in ran.out
    assert "OAI101 [*] nothing" in run("--unsafe-fixes").out
    ran = run("--fix")
    assert (ran.code, ran.err) == (1, "Fixed nothing; 1 fixable with --unsafe-fixes.\n")
    assert file.read_text() == REQUEST
    ran = run("--fix", "--unsafe-fixes", "--select", "OAI101")
    assert (ran.code, ran.err) == (0, "Fixed 1.\n")
    assert "with_backoff(request)()" in file.read_text()


def test_fixes_for_display_are_never_applied(run: Any, planned: Any) -> None:
    planned(Safety.DISPLAY)
    file = write("a.py", REQUEST)
    ran = run("--fix", "--unsafe-fixes", "--output-format", "full")
    assert ran.err == "Fixed nothing.\n"
    assert "= fix (display): Do it better" in ran.out
    assert file.read_text() == REQUEST


def test_a_package_gets_a_module_and_is_told_of_it(run: Any, planned: Any) -> None:
    planned()
    write("pyproject.toml", "")
    write("app/__init__.py", "")
    write("app/a.py", REQUEST)
    write("app/b.py", REQUEST)
    ran = run("--fix", "app/a.py")
    assert ran.err == "created app/_backoff.py: add it to version control (git add app/_backoff.py)\nFixed 1.\n"
    module = Path("app/_backoff.py").read_text()
    assert Path("app/b.py").read_text() == REQUEST
    assert run("--fix", ".").err == "Fixed 1.\n"
    assert Path("app/_backoff.py").read_text() == module
    assert Path("app/b.py").read_text().startswith("from app._backoff import with_backoff\n")


@pytest.mark.parametrize(("declared", "form"), [("", "stdlib"), ("tenacity>=8", "tenacity"), ("Stamina", "stamina")])
def test_the_form_follows_what_the_project_declares(
    run: Any, planned: Any, monkeypatch: pytest.MonkeyPatch, declared: str, form: str
) -> None:
    from oailint import backoff

    asked: list[str] = []
    real = backoff.render

    def render(form: str, **options: Any) -> backoff.Helper:
        asked.append(form)
        return real("stdlib", **options)

    monkeypatch.setattr(backoff, "render", render)
    planned()
    write("requirements.txt", f"openai\n{declared}\n")
    write("a.py", REQUEST)
    run("--diff")
    assert set(asked) == {form}
    asked.clear()
    run("--fix", "--backoff", "backoff")
    assert set(asked) == {"backoff"}


def test_a_fix_that_breaks_the_file_is_undone(run: Any, planned: Any) -> None:
    planned(content="def (")
    file = write("a.py", UNUSED + "request()\n")
    other = write("b.py", UNUSED)
    ran = run("--fix")
    assert ran.code == 2
    assert "a.py:1:1: problem: fixes were undone: line 2 would not be Python" in ran.err
    assert file.read_text() == UNUSED + "request()\n"
    assert other.read_text() == CLEAN
    assert "Fixed 1." in ran.err


def test_a_fix_that_does_not_help_is_not_counted_nor_repeated(run: Any, planned: Any) -> None:
    planned(content="(request())")
    file = write("a.py", "request()\n")
    ran = run("--fix")
    assert file.read_text() == "(request())\n"
    assert (ran.code, ran.err) == (1, "Fixed nothing.\n")


def test_fixes_that_do_not_settle_are_told(run: Any, planned: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(content="(request())")
    monkeypatch.setattr(settling.Settling, "_see_what_helped", lambda *_: None)
    file = write("a.py", "request()\n")
    ran = run("--fix")
    assert file.read_text() == "(" * 10 + "request()" + ")" * 10 + "\n"
    assert ran.code == 2 and "problem: fixes do not settle" in ran.err


# --- showing ------------------------------------------------------------------------------------------------------


def test_diff_writes_nothing(run: Any) -> None:
    file = write("a.py", UNUSED + "y = 2")
    ran = run("--diff")
    assert (ran.code, ran.err) == (1, "Would fix 1.\n")
    assert ran.lines == [
        "--- a.py",
        "+++ a.py",
        "@@ -1,2 +1,2 @@",
        "-x = 1  # oailint: ignore[OAI101]",
        "+x = 1",
        " y = 2",
        "\\ No newline at end of file",
    ]
    assert file.read_text() == UNUSED + "y = 2"
    assert run("--fix", "--diff").code == 1
    assert run("--diff", "--exit-zero").code == 0
    run("--fix")
    ran = run("--diff")
    assert (ran.code, ran.out, ran.err) == (0, "", "Would fix nothing.\n")


def test_a_diff_with_a_new_file_can_be_applied(run: Any, planned: Any) -> None:
    planned()
    write("app/__init__.py", "")
    write("app/a.py", REQUEST.replace("\n", "\r\n"))
    write("changes.diff", run("--diff").out.encode())
    Path("changes.diff").write_bytes(Path("changes.diff").read_bytes())
    ran = run("--diff", "-o", "changes.diff")
    assert ran.code == 1
    subprocess.run(["patch", "-p0", "--binary", "-s", "-i", "changes.diff"], check=True)
    patched = Path("app/a.py").read_bytes(), Path("app/_backoff.py").read_bytes()
    Path("app/_backoff.py").unlink()
    write("app/a.py", REQUEST.replace("\n", "\r\n"))
    run("--fix")
    assert (Path("app/a.py").read_bytes(), Path("app/_backoff.py").read_bytes()) == patched


def test_keys_in_a_diff_are_masked(run: Any) -> None:
    key = "sk-proj-" + "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA" * 2
    file = write("a.py", f'k = "{key}"\n' + UNUSED)
    ran = run("--diff", "--ignore", "OAI301")
    assert key[12:] not in ran.out + ran.err
    assert "so it cannot be applied" in ran.err
    assert key in file.read_text()


def test_json_holds_the_edits(run: Any) -> None:
    write("a.py", UNUSED)
    [finding] = json.loads(run("--output-format", "json").out)["findings"]
    edit = {"path": "a.py", "line": 1, "column": 6, "end_line": 1, "end_column": 33, "content": ""}
    assert finding["fix"] == {"safety": "safe", "title": "Remove the unused suppression", "edits": [edit]}
    report = json.loads(run("--output-format", "json", "--fix").out)
    assert report["summary"]["fixed"] == 1
    assert report["findings"] == []


def test_standard_input_is_printed_fixed(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"x = 1  # oailint: ignore[OAI101]\r\nrequest()\n")
    ran = run("--fix", "-")
    assert (ran.code, ran.out) == (1, "x = 1\r\nrequest()\n")
    assert "-:2:1: OAI101 nothing retries `request`" in ran.err and "Fixed 1." in ran.err
    feed(monkeypatch, b"request(\n")
    assert run("--fix", "-").out == "request(\n"
    feed(monkeypatch, UNUSED.encode())
    ran = run("--diff", "-", "--stdin-filename", "n.py")
    assert ran.lines[:2] == ["--- n.py", "+++ n.py"]


def test_standard_input_creates_nothing(run: Any, planned: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    planned()
    write("app/__init__.py", "")
    write("app/a.py", "")
    feed(monkeypatch, REQUEST.encode())
    ran = run("--fix", "-", "--stdin-filename", "app/a.py", "--output-format", "full")
    assert ran.out == REQUEST
    assert "no fix: it takes a new file app/_backoff.py" in ran.err
    assert not Path("app/_backoff.py").exists()


def test_fix_source() -> None:
    fixed = oailint.fix_source("\ufeff" + UNUSED + "request()\n", filename="n.py")
    assert fixed.text == "\ufeff" + CLEAN + "request()\n"
    assert [one.location.path for one in fixed.report.findings] == ["n.py"]
    assert fixed.report.statistics.fixed == 1
    assert oailint.fix_source("def (").text == "def ("
    assert oailint.fix_source(UNUSED, config=Config(ignore=("OAI002",))).text == UNUSED


def test_nothing_but_fixes_loads_the_parser() -> None:
    program = (
        "import sys, oailint.cli\n"
        "try: oailint.cli.main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('oailint.syntax.nodes' in sys.modules, 'libcst' in sys.modules, file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(oailint.__file__).parents[1])}
    write("a.py", CLEAN + "# openai\n")

    def loads(*words: str) -> list[str]:
        """Whether the parser is there in the end, and all of libcst."""
        command = [sys.executable, "-c", program, "--cache-dir", "cache", *words, "a.py"]
        return subprocess.run(command, capture_output=True, text=True, env=environment).stderr.split()[-2:]

    assert loads() == ["True", "False"]  # the cache is empty
    assert loads() == ["False", "False"]
    assert loads("--fix") == ["False", "False"]
    assert loads("--output-format", "json") == ["False", "False"]


# --- writing ------------------------------------------------------------------------------------------------------


def test_mode_and_links_stay(run: Any) -> None:
    file = write("real/a.py", UNUSED)
    file.chmod(0o754)
    os.symlink("real/a.py", "link.py")
    run("--fix", "link.py")
    assert os.path.islink("link.py")
    assert file.read_text() == CLEAN
    assert stat.S_IMODE(file.stat().st_mode) == 0o754


@pytest.mark.parametrize("read_only", ["real/a.py", "real"])
def test_what_is_read_only_is_left_alone(run: Any, read_only: str) -> None:
    file = write("real/a.py", UNUSED)
    other = write("b.py", UNUSED)
    mode = Path(read_only).stat().st_mode
    Path(read_only).chmod(mode & ~0o222)
    try:
        ran = run("--fix")
    finally:
        Path(read_only).chmod(mode)
    assert ran.code == 2 and "real/a.py:1:1: problem: " in ran.err and "read-only" in ran.err
    assert "real/a.py:1:8: OAI002" in ran.out
    assert "Fixed 1." in ran.err
    assert (file.read_text(), other.read_text(), leftovers()) == (UNUSED, CLEAN, [])


def test_a_file_that_changed_in_the_meantime_is_left_alone(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write("a.py", UNUSED)
    real = repair.write_all

    def write_all(contents: Any) -> None:
        file.write_text("someone = else_\n")
        real(contents)

    monkeypatch.setattr(repair, "write_all", write_all)
    ran = run("--fix")
    assert ran.code == 2 and "a.py:1:1: problem: was changed by something else in the meantime" in ran.err
    assert file.read_text() == "someone = else_\n"
    assert "Fixed nothing" in ran.err


@pytest.mark.parametrize("call", ["fsync", "replace", "chmod"])
def test_a_full_disk_loses_nothing(run: Any, planned: Any, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    planned()
    write("app/__init__.py", "")
    file = write("app/a.py", REQUEST)
    other = write("b.py", UNUSED)
    real, calls = getattr(os, call), []

    def fails_the_second_time(*arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(writing.os, call, fails_the_second_time)
    ran = run("--fix", "--no-cache")
    assert ran.code == 2 and "app/a.py:1:1: problem: could not be written: No space left on device" in ran.err
    # The module was written first; without the file that imports it, it is taken back.
    assert not Path("app/_backoff.py").exists()
    assert (file.read_text(), other.read_text(), leftovers()) == (REQUEST, CLEAN, [])
    assert "Fixed 1, " not in ran.err and "Fixed 1." in ran.err


def test_ctrl_c_loses_nothing(run: Any, planned: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    planned()
    write("app/__init__.py", "")
    file = write("app/a.py", REQUEST)
    real, calls = os.replace, []

    def interrupted(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*arguments)

    monkeypatch.setattr(writing.os, "replace", interrupted)
    assert run("--fix", "--no-cache").code == 130
    assert not Path("app/_backoff.py").exists()
    assert (file.read_text(), leftovers()) == (REQUEST, [])


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_a_killed_process_leaves_whole_files() -> None:
    file = write("a.py", UNUSED)
    program = (
        "import os, signal, sys\n"
        "from oailint.sources import writing\n"
        "writing.os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "writing.write_all([writing.Content(os.path.abspath('a.py'), b'new', open('a.py', 'rb').read())])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(oailint.__file__).parents[1])}
    result = subprocess.run([sys.executable, "-c", program], env=environment)
    assert result.returncode == -signal.SIGKILL
    assert file.read_text() == UNUSED


def test_a_file_that_appeared_is_not_overwritten(run: Any, planned: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    planned()
    write("app/__init__.py", "")
    file = write("app/a.py", REQUEST)
    real = repair.write_all

    def write_all(contents: Any) -> None:
        write("app/_backoff.py", "mine = 1\n")
        real(contents)

    monkeypatch.setattr(repair, "write_all", write_all)
    ran = run("--fix")
    assert ran.code == 2 and "app/_backoff.py:1:1: problem: was made by something else" in ran.err
    assert (file.read_text(), Path("app/_backoff.py").read_text()) == (REQUEST, "mine = 1\n")


def test_execute_without_writing_gives_the_changes() -> None:
    write("a.py", UNUSED)
    repaired = repair.execute(["a.py"], Options(use_cache=False), unsafe=False, write=False)
    [change] = repaired.changes
    assert (change.shown, change.old, change.new) == ("a.py", UNUSED.encode(), CLEAN.encode())
