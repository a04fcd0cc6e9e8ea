"""Baselines: what is set aside, what is recorded, and what happens to the file."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import oailint
from oailint import baseline
from oailint.config import Config
from oailint.facts import Span
from oailint.findings import Confidence, Finding, Location, Severity
from oailint.sources import writing

KEY = "sk-" + "a1B2" * 12
OLD = "def old():\n    request()\n"
NEW = "def new():\n    request()\n"


def write(path: str, text: str | bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text if isinstance(text, bytes) else text.encode())


def recorded(path: str = "base.json") -> list[tuple[str, str, str, int]]:
    """Path, rule, scope and count of each entry, in the order of the file."""
    entries = json.loads(Path(path).read_text())["findings"]
    return [(one["path"], one["rule"], one["scope"], one["count"]) for one in entries]


# --- what is reported ---------------------------------------------------------------------------------------------


def test_what_is_recorded_is_not_reported(run: Any) -> None:
    write("a.py", OLD)
    first = run("--write-baseline", "base.json")
    assert (first.code, first.out) == (0, "Found no findings in 1 file; 1 baselined.\n")
    assert first.err == "Recorded 1 finding in base.json (1 new, 0 gone).\n"
    again = run("--baseline", "base.json")
    assert (again.code, again.out, again.err) == (0, "Found no findings in 1 file; 1 baselined.\n", "")
    assert run().code == 1
    write("b.py", NEW)
    result = run("--baseline", "base.json")
    assert result.code == 1
    assert result.lines[0].startswith("b.py:2:5: OAI101")
    assert result.lines[1] == "Found 1 finding (1 error) in 2 files; 1 baselined."
    summary = json.loads(run("--baseline", "base.json", "--output-format", "json").out)["summary"]
    assert (summary["findings"], summary["baselined"]) == (1, 1)


def test_sarif_tells_new_from_unchanged(run: Any) -> None:
    def states(*words: str) -> list[str | None]:
        [one] = json.loads(run("--output-format", "sarif", *words).out)["runs"]
        return sorted(str(result.get("baselineState")) for result in one["results"])

    write("a.py", OLD + NEW)
    assert states() == ["None", "None"]
    assert states("--write-baseline", "base.json") == ["unchanged", "unchanged"]
    write("b.py", NEW)
    assert states("--baseline", "base.json") == ["new", "unchanged", "unchanged"]
    write("empty.json", baseline.render([]))
    assert states("--baseline", "empty.json") == ["new"] * 3


def test_the_configured_baseline_is_that_of_the_folder_of_its_configuration(run: Any, monkeypatch: Any) -> None:
    write("app/oailint.toml", "baseline = 'base.json'\n")
    write("app/a.py", OLD)
    missing = run("app")
    assert missing.code == 2
    assert missing.err == (
        "error: app/base.json: the baseline does not exist; "
        "`--write-baseline app/base.json` records what there is now\n"
    )
    assert run("app", "--write-baseline", "app/base.json").code == 0
    assert recorded("app/base.json") == [("a.py", "OAI101", "old", 1)]
    assert run("app").code == 0
    assert run("app", "--isolated").code == 1
    monkeypatch.chdir("app")
    assert run().code == 0
    assert run("a.py").code == 0
    assert len(oailint.lint(["a.py"]).baselined) == 1


def test_paths_are_relative_to_the_folder_of_the_baseline(run: Any, tmp_path: Path) -> None:
    write("src/a.py", OLD)
    write("ci/keep.txt", "")
    (tmp_path / "link").symlink_to("ci")
    assert run("src", "--write-baseline", "link/base.json").code == 0
    assert recorded("ci/base.json") == [("../src/a.py", "OAI101", "old", 1)]
    for name in ("ci/base.json", "link/base.json", str(tmp_path / "ci" / "base.json")):
        assert run("src", "--baseline", name).code == 0
        assert run("src/a.py", "--baseline", name).code == 0


@pytest.mark.parametrize(
    "text",
    [
        "# more\n\n\n" + OLD,
        "import os\n\n\ndef other():\n    return os\n\n\n" + OLD,
        "def old():\n    x = 1\n    print(x)\n    request()\n    print(x)\n",
        "def renamed():\n    request()\n",
        "class Moved:\n    def old(self):\n        request()\n",
        "request()\n",
        OLD.replace("\n", "\r\n"),
        "\ufeff" + OLD,
    ],
)
def test_edits_elsewhere_change_nothing(run: Any, text: str) -> None:
    write("a.py", OLD)
    run("--write-baseline", "base.json")
    write("a.py", text)
    assert run("--baseline", "base.json").code == 0


def test_of_too_many_the_one_in_another_function_is_new(run: Any) -> None:
    write("a.py", OLD)
    run("--write-baseline", "base.json")
    write("a.py", f"{NEW}\n\n{OLD}")
    assert run("--baseline", "base.json", "-q").lines == ["a.py:2:5: OAI101 nothing retries `request`"]
    write("a.py", f"{OLD}    request()\n\n\n{NEW}")
    assert [line.split()[0] for line in run("--baseline", "base.json", "-q").lines] == ["a.py:3:5:", "a.py:7:5:"]


def test_of_too_many_in_one_function_the_last_is_new(run: Any) -> None:
    write("a.py", OLD + "    request()\n")
    run("--write-baseline", "base.json")
    assert recorded() == [("a.py", "OAI101", "old", 2)]
    write("a.py", OLD + "    request()\n    request()\n")
    assert run("--baseline", "base.json", "-q").lines == ["a.py:4:5: OAI101 nothing retries `request`"]


def test_rules_and_files_are_told_apart(run: Any) -> None:
    write("a.py", OLD)
    run("--write-baseline", "base.json")
    os.rename("a.py", "b.py")
    assert run("--baseline", "base.json").code == 1
    write("a.py", f'def old():\n    api_key = "{KEY}"\n')
    assert len(run("--baseline", "base.json", "-q").lines) == 2


def test_files_that_cannot_be_read_and_unused_suppressions_are_recorded_too(run: Any) -> None:
    write("a.py", "def (:\n")
    write("b.py", "x = 1  # oailint: ignore[OAI101]\n")
    assert run("--write-baseline", "base.json").code == 0
    assert [one[:2] for one in recorded()] == [("a.py", "OAI001"), ("b.py", "OAI002")]
    assert run("--baseline", "base.json").code == 0


def test_suppressed_findings_are_not_recorded(run: Any) -> None:
    write("a.py", "request()  # oailint: ignore[OAI101]\nrequest()\n")
    run("--write-baseline", "base.json")
    assert recorded() == [("a.py", "OAI101", "", 1)]
    assert "1 suppressed, 1 baselined" in run("--baseline", "base.json").out


def test_standard_input_has_the_baseline_of_its_name(run: Any, monkeypatch: Any) -> None:
    import io

    write("a.py", OLD)
    run("--write-baseline", "base.json")
    for words, status in ((("--stdin-filename", "a.py"), 0), ((), 1)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"# new\n" + OLD.encode())))
        assert run("-", "--baseline", "base.json", *words).code == status


def test_a_text_on_its_own_has_no_baseline(run: Any) -> None:
    config = Config(baseline="gone.json")
    assert len(oailint.check_source(OLD, config=config).findings) == 1
    assert len(oailint.fix_source(OLD, config=config).report.findings) == 1


# --- what is recorded ---------------------------------------------------------------------------------------------


def test_a_partial_run_keeps_what_it_did_not_look_at(run: Any) -> None:
    for name in ("a.py", "b.py", "c.py"):
        write(name, OLD)
    run("--write-baseline", "base.json")
    os.unlink("c.py")
    write("a.py", NEW + OLD)
    result = run("a.py", "--write-baseline", "base.json")
    assert result.err == "Recorded 3 findings in base.json (1 new, 1 gone).\n"
    assert recorded() == [("a.py", "OAI101", "new", 1), ("a.py", "OAI101", "old", 1), ("b.py", "OAI101", "old", 1)]


def test_what_is_fixed_leaves_the_file(run: Any) -> None:
    write("a.py", OLD + NEW)
    write("b.py", OLD)
    run("--write-baseline", "base.json")
    before = Path("base.json").read_text().splitlines()
    write("a.py", OLD)
    result = run("--baseline", "base.json", "--write-baseline", "base.json")
    assert result.err == "Recorded 2 findings in base.json (0 new, 1 gone).\n"
    after = Path("base.json").read_text().splitlines()
    assert len(before) - len(after) == 1
    assert set(after) < set(before)


def test_rules_that_were_off_and_findings_that_were_hidden_stay(run: Any) -> None:
    write("a.py", f'request()\nx = 1  # oailint: ignore[OAI301]\napi_key = "{KEY}"\n')
    run("--write-baseline", "base.json")
    everything = recorded()
    assert [one[1] for one in everything] == ["OAI002", "OAI101", "OAI301"]
    for words in (["--select", "OAI101"], ["--min-severity", "error"], ["--min-confidence", "high"]):
        assert run(*words, "--write-baseline", "base.json").err == "base.json is up to date: 3 findings.\n"
        assert recorded() == everything
    run("--min-severity", "error", "--write-baseline", "other.json")
    assert [one[1] for one in recorded("other.json")] == ["OAI101", "OAI301"]
    write("a.py", "request()\n")
    run("--min-severity", "error", "--write-baseline", "base.json")
    assert [one[1] for one in recorded()] == ["OAI101"]


def test_a_file_that_does_not_parse_for_now_keeps_its_entries(run: Any) -> None:
    write("a.py", OLD)
    run("--write-baseline", "base.json")
    write("a.py", OLD + "def (:\n")
    assert "no longer" not in run("--baseline", "base.json").err
    run("--write-baseline", "base.json")
    assert [one[1] for one in recorded()] == ["OAI001", "OAI101"]
    write("a.py", b"# coding: nonsense\n" + OLD.encode())
    assert run("--write-baseline", "base.json").code == 2
    assert [one[1] for one in recorded()] == ["OAI001", "OAI101"]


def test_nothing_found_makes_an_empty_baseline(run: Any) -> None:
    write("a.py", "x = 1\n")
    assert run("--write-baseline", "base.json").code == 0
    assert recorded() == []
    assert run("--baseline", "base.json").code == 0


def test_nothing_read_writes_nothing(run: Any) -> None:
    assert run("--write-baseline", "base.json", "gone.py").code == 2
    assert not Path("base.json").exists()


def test_neither_lines_nor_times_nor_keys_nor_places_of_the_machine(run: Any, tmp_path: Path) -> None:
    write("a.py", f'def f():\n    api_key = "{KEY}"\n    request("{KEY}")\n')
    write("b.py", f"x = 1  # oailint: ignore[{KEY}]\n")
    write("c.py", f"def f_{KEY.replace('-', '_')}():\n    request()\n")
    assert run("--write-baseline", "base.json").code == 0
    first = Path("base.json").read_bytes()
    assert len(recorded()) == 4
    assert KEY[3:].encode() not in first
    assert str(tmp_path).encode() not in first
    for name in ("a.py", "b.py", "c.py"):
        write(name, "\n\n# moved\n" + Path(name).read_text())
        os.utime(name, (1, 1))
    assert run("--write-baseline", "base.json").err == "base.json is up to date: 4 findings.\n"
    assert Path("base.json").read_bytes() == first
    assert run("--baseline", "base.json").code == 0


def test_the_file_is_the_same_in_any_order_and_with_any_number_of_jobs(run: Any) -> None:
    names = [f"m{number}.py" for number in range(30)]
    for name in names:
        write(name, OLD + NEW + "def (:\n" * (name == "m7.py"))
    run("--write-baseline", "base.json", "--no-cache", "--jobs", "1")
    random.Random(1).shuffle(names)
    run("--write-baseline", "other.json", "--no-cache", "--jobs", "3", *names)
    assert Path("base.json").read_bytes() == Path("other.json").read_bytes()
    for name in names:  # one after the other, as a hook may be called
        run("--write-baseline", "pieces.json", name)
    assert Path("base.json").read_bytes() == Path("pieces.json").read_bytes()


def test_names_of_files_that_are_no_ascii(run: Any) -> None:
    write("größe/日本.py", OLD)
    write(os.fsdecode(b"bad\xff.py"), OLD)
    assert run("--write-baseline", "base.json").code == 0
    assert [one[0] for one in recorded()] == ["bad\udcff.py", "größe/日本.py"]
    assert run("--baseline", "base.json").code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="the locale decides on names of files")
def test_the_locale_plays_no_part(run: Any, child_environment: dict[str, str]) -> None:
    write("größe.py", OLD)
    environment = {**child_environment, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    program = "import locale, sys; sys.argv = ['oailint', *sys.argv[1:]]; from oailint.cli import main; main()"
    for words in (["--write-baseline", "base.json"], ["--baseline", "base.json", "--output-format", "json"]):
        command = [sys.executable, "-c", program, *words, "--no-cache", "größe.py"]
        result = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert result.returncode in (0, 1), result.stderr
    # A child process has the real rules, which find nothing here; what it says of the file is what counts.
    write("größe.py", "def (:\n")
    command = [sys.executable, "-c", program, "--no-cache", "--output-format", "json", "größe.py"]
    told = json.loads(subprocess.run(command, env=environment, capture_output=True, check=False).stdout)
    assert told["findings"][0]["path"] == "größe.py"
    subprocess.run([*command[:-3], "--write-baseline", "base.json", "größe.py"], env=environment, check=True)
    assert recorded()[0][0] == "größe.py"


def test_a_file_with_two_names_is_recorded_once(run: Any, tmp_path: Path) -> None:
    write("real/a.py", OLD)
    (tmp_path / "link").symlink_to("real")
    run("--write-baseline", "base.json", "link/a.py", "real/a.py")
    assert recorded() == [("real/a.py", "OAI101", "old", 1)]
    for name in ("link/a.py", "real/a.py"):
        result = run("--baseline", "base.json", name)
        assert (result.code, result.err) == (0, "")


def test_verbose_tells_which_baseline_is_in_force(run: Any) -> None:
    write("a.py", OLD)
    run("--write-baseline", "base.json")
    assert "configuration: none; baseline: base.json\n" in run("-v", "--baseline", "base.json").err


def test_the_document_shows_a_baseline() -> None:
    document = Path(__file__).parents[2] / "docs" / "baseline.md"
    shown = document.read_text(encoding="utf-8").partition("```json\n")[2].partition("```")[0].encode()
    entries = baseline._entries(shown)
    assert baseline.render(entries) == shown
    place = Location("app/llm.py", Span(1, 1, 1, 2))
    one = Finding(
        "OAI102", "n", "retry", Severity.INFO, Confidence.HIGH, "text", place, "responses.create", scope="Chat.ask"
    )
    assert baseline.part([one, one, one], entries) == ([one], [one, one])


def test_where_no_project_begins_a_partial_run_knows_too_little_to_drop_anything(run: Any) -> None:
    """What ``shared`` sends is in another folder, which is read with the first but not for a named file."""
    write("a/one.py", "shared()\nrequest()\n")
    write("b/two.py", "def shared(): ...\nrequest()\n")
    run("--write-baseline", "base.json", ".")
    before = recorded()
    assert [one[:2] for one in before] == [("a/one.py", "OAI101"), ("a/one.py", "OAI401"), ("b/two.py", "OAI101")]
    for path in ("a/one.py", "a"):
        assert run(path, "--baseline", "base.json").err == ""
        assert run(path, "--write-baseline", "base.json").err == "base.json is up to date: 3 findings.\n"
    assert recorded() == before
    write("a/one.py", "request()\n")
    assert "records 1 finding no longer there" in run(".", "--baseline", "base.json").err
    write("pyproject.toml", "")
    assert "records 1 finding no longer there" in run("a/one.py", "--baseline", "base.json").err
    assert run("a/one.py", "--write-baseline", "base.json").err.startswith("Recorded 2 findings")


# --- with fixes ---------------------------------------------------------------------------------------------------


def test_what_is_recorded_is_not_fixed(run: Any) -> None:
    write("a.py", "x = 1  # oailint: ignore[OAI101]\n")
    run("--write-baseline", "base.json")
    write("b.py", "x = 1  # oailint: ignore[OAI101]\n")
    result = run("--baseline", "base.json", "--fix")
    assert (result.code, result.err) == (0, "Fixed 1.\n")
    assert "ignore" in Path("a.py").read_text()
    assert "ignore" not in Path("b.py").read_text()


def test_fixes_come_before_recording(run: Any) -> None:
    write("a.py", "request()\nx = 1  # oailint: ignore[OAI101]\n")
    result = run("--fix", "--write-baseline", "base.json")
    assert result.code == 0
    assert "Recorded 1 finding" in result.err and "Fixed 1." in result.err
    assert recorded() == [("a.py", "OAI101", "", 1)]


# --- out of date --------------------------------------------------------------------------------------------------


def test_a_stale_baseline_is_told_for_the_files_of_the_run(run: Any) -> None:
    for name in ("a.py", "b.py"):
        write(name, OLD + NEW)
    run("--write-baseline", "base.json")
    write("a.py", OLD)
    told = "warning: base.json records 1 finding no longer there; run the same with `--write-baseline base.json`"
    result = run("--baseline", "base.json")
    assert result.code == 0
    assert result.err.startswith(told)
    assert run("--baseline", "base.json", "a.py").err.startswith(told)
    assert run("--baseline", "base.json", "b.py").err == ""
    assert run("--baseline", "base.json", "--quiet").err == ""
    assert run("--baseline", "base.json", "--select", "OAI3").err == ""
    assert run("--baseline", "base.json", "--min-severity", "error").err.startswith(told)
    assert run("--write-baseline", "base.json", "a.py").err == "Recorded 3 findings in base.json (0 new, 1 gone).\n"
    assert run("--baseline", "base.json").err == ""


def test_hidden_findings_are_not_stale(run: Any) -> None:
    write("a.py", "x = 1  # oailint: ignore[OAI101]\n")
    run("--write-baseline", "base.json")
    assert run("--baseline", "base.json", "--min-severity", "error").err == ""


def test_files_that_are_gone_are_told_where_their_folder_was_walked(run: Any) -> None:
    write("a.py", "x = 1\n")
    write("sub/b.py", OLD)
    run("--write-baseline", "base.json")
    os.unlink("sub/b.py")
    write("sub/c.py", "x = 1\n")
    assert "records 1 finding no longer there" in run("--baseline", "base.json").err
    assert "no longer" in run("--baseline", "base.json", "sub").err
    assert run("--baseline", "base.json", "a.py").err == ""


# --- files that are no baselines ----------------------------------------------------------------------------------

GOOD = '{"path": "a.py", "rule": "OAI101", "fingerprint": "0", "count": 1}'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", ":1:1: is not a baseline of oailint"),
        (b"x = 1\n", ":1:1: is not a baseline of oailint"),
        (b'{"tool": "oailint",\n<<<<<<< HEAD\n', ":2:1: is not a baseline of oailint"),
        (b"\n\xff", ":2: is not a baseline of oailint: no UTF-8"),
        (b"[" * 100_000, ":1:1: is not a baseline of oailint"),
        (b"9" * 10_000, ":1:1: is not a baseline of oailint"),
        (b"[]", ":1:1: is not a baseline of oailint"),
        (b'{"version": 1, "findings": []}', ":1:1: is not a baseline of oailint"),
        (b'{"tool": "oailint", "version": true, "findings": []}', ":1:1: is not a baseline of oailint"),
        (b'{"tool": "oailint", "version": 2, "findings": {}}', ": has version 2, which a newer oailint wrote"),
        (b'{"tool": "oailint", "version": 1, "findings": {}}', ":1:1: is not a baseline of oailint"),
        (b'{"tool": "oailint", "version": 1, "findings": [GOOD, 1]}', ": findings[1] must be an object"),
        (b'{"tool": "oailint", "version": 1, "findings": [{"path": 1}]}', ": findings[0]: 'path' must be a string"),
        (
            b'{"tool": "oailint", "version": 1, "findings": [{"path": "a", "rule": "b", "fingerprint": "c"}]}',
            ": findings[0]: 'count' must be a positive number",
        ),
    ],
)
def test_a_file_that_is_no_baseline(run: Any, text: bytes, told: str) -> None:
    content = text.replace(b"GOOD", GOOD.encode())
    write("base.json", content)
    write("a.py", OLD)
    for option in ("--baseline", "--write-baseline"):
        result = run(option, "base.json")
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"error: base.json{told}")
    assert Path("base.json").read_bytes() == content
    write("oailint.toml", "baseline = 'base.json'\n")
    assert run().code == 2


def test_a_source_file_is_never_replaced(run: Any) -> None:
    write("a.py", OLD)
    assert run("--write-baseline", "a.py", ".").code == 2
    assert Path("a.py").read_text() == OLD


def test_what_is_no_regular_file(run: Any) -> None:
    write("a.py", OLD)
    os.mkfifo("pipe")
    os.mkdir("folder")
    for name in ("pipe", "folder"):
        for option in ("--baseline", "--write-baseline"):
            assert "is not a regular file" in run(option, name).err
    assert "No such file" in run("--write-baseline", "no/such/base.json").err


def test_a_missing_baseline_is_told_though_there_is_nothing_to_check(run: Any) -> None:
    assert "the baseline does not exist" in run("--baseline", "gone.json").err


def test_lines_that_a_merge_doubled_and_what_a_later_version_adds(run: Any) -> None:
    write("a.py", OLD)
    run("--write-baseline", "base.json")
    data = json.loads(Path("base.json").read_text())
    data["findings"] = [{**one, "later": 1} for one in data["findings"]] * 2
    write("base.json", "\ufeff" + json.dumps(data))
    assert run("--baseline", "base.json").code == 0
    write("a.py", OLD + "    request()\n")
    assert run("--baseline", "base.json").code == 1


# --- writing ------------------------------------------------------------------------------------------------------


def test_a_baseline_that_changed_in_the_meantime_is_left_alone(run: Any, monkeypatch: Any) -> None:
    write("a.py", OLD)
    run("--write-baseline", "base.json")
    other = Path("base.json").read_text().replace("a.py", "z.py")
    write("a.py", OLD + NEW)
    original: Callable[..., None] = writing._write

    def meddle(one: Any) -> None:
        write("base.json", other)
        original(one)

    monkeypatch.setattr(writing, "_write", meddle)
    result = run("--write-baseline", "base.json")
    assert result.code == 2
    assert "base.json: was changed by something else in the meantime" in result.err
    assert Path("base.json").read_text() == other


def test_two_at_once_leave_one_whole_file(child_environment: dict[str, str], tmp_path: Path) -> None:
    for number in range(40):
        write(f"m{number:02}.py", "def (:\n")
    command = [sys.executable, "-m", "oailint", "--no-cache", "--jobs", "1", "--write-baseline", "base.json"]
    first = [f"m{n:02}.py" for n in range(20)]
    second = [f"m{n:02}.py" for n in range(20, 40)]
    both = [
        subprocess.Popen([*command, *names], env=child_environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for names in (first, second)
    ]
    told = [one.communicate()[1].decode() for one in both]
    assert {one.returncode for one in both} <= {0, 2}, told
    assert 0 in {one.returncode for one in both}
    names = [one[0] for one in recorded()]
    assert names in (first, second, first + second)
    assert sorted(os.listdir()) == sorted([*first, *second, "base.json"])


# --- parting ------------------------------------------------------------------------------------------------------


def finding(line: int, scope: str, subject: str = "request") -> Finding:
    place = Location("a.py", Span(line, 1, line, 9))
    return Finding(
        "OAI101", "missing-retry", "retry", Severity.ERROR, Confidence.HIGH, "text", place, subject, scope=scope
    )


def test_parting_does_not_depend_on_the_order_of_findings_or_entries() -> None:
    there = [finding(1, "f"), finding(2, "g"), finding(3, "g", "other"), finding(4, "h")]
    old = baseline.Baseline("/x/base.json")
    entries = baseline.rewritten(old, [baseline.Seen("/x/a.py", frozenset({"OAI101"}), there)])
    now = [
        finding(1, "new"),
        finding(5, "g"),
        finding(6, "k"),
        finding(7, "g", "other"),
        finding(8, "h"),
        finding(9, "z"),
    ]
    for seed in range(20):
        mixed, listed = list(now), list(entries)
        random.Random(seed).shuffle(mixed)
        random.Random(seed).shuffle(listed)
        kept, recorded = baseline.part(mixed, listed)
        assert sorted(one.location.span.line for one in kept) == [6, 9]
        assert len(recorded) == 4
