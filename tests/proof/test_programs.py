"""Whole programs, fixed by the command: they do what they are for when OpenAI answers with errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("fcntl", reason="scenarios are forks")

from measuring import HERE, NEWEST, Case, Run, execute, runs
from requirements import MOST_REQUESTS

TURNS = 100
REPORTED = {"loop": {"OAI102", "OAI401"}, "by_text": {"OAI102", "OAI201"}, "places": {"OAI102"}}
FORMS = ("stdlib", "tenacity", "stamina")


def oailint(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as users do, with no configuration but its arguments."""
    command = [sys.executable, "-m", "oailint", "--isolated", "--no-cache", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def found(path: Path, *arguments: str) -> set[str]:
    """The rules that report something in a file."""
    done = oailint("--output-format", "json", *arguments, str(path))
    return {finding["rule"] for finding in json.loads(done.stdout)["findings"]}


def repaired(name: str, folder: Path, *arguments: str) -> str:
    """The program ``name`` after ``oailint --fix``, which must leave nothing to report."""
    path = folder / f"{name}.py"
    path.write_bytes((HERE / "programs" / path.name).read_bytes())
    assert found(path) == REPORTED[name]
    done = oailint("--fix", *arguments, str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    left = found(path)
    assert left == (REPORTED[name] - {"OAI201"} if "OAI201" in arguments else set())
    return path.read_text(encoding="utf-8")


def run(text: str, form: str, folder: Path, *names: str) -> dict[str, list[Run]]:
    return runs(execute(text, Case(NEWEST, "longer", form), folder, *names))


@pytest.mark.registry
@pytest.mark.parametrize("form", FORMS)
def test_a_loop_completes_all_its_turns(form: str, folder: Path, tmp_path: Path) -> None:
    text = repaired("loop", tmp_path, "--backoff", form)
    done = run(text, f"loop {form}", folder, "healthy", "every third", "a minute once")
    assert {(one.output, one.error) for both in done.values() for one in both} == {(f"{TURNS}\n", None)}
    questions = [body["messages"] for _, body in done["healthy"][0].requests]
    assert len(questions) == TURNS
    for both in done.values():
        for one in both:
            asked = [body["messages"] for _, body in one.requests]
            assert [turn for turn in questions if turn in asked] == questions
    # With a request refused after each two that are answered, a hundred answers take this many requests.
    assert {len(one.asked) for one in done["every third"]} == {TURNS * 3 // 2 - 1}
    for one in done["a minute once"]:
        assert TURNS < len(one.asked) < TURNS + MOST_REQUESTS
        assert one.seconds >= 60


@pytest.mark.registry
def test_the_loop_as_it_was_does_not(folder: Path) -> None:
    """The proof above can fail: the SDK's own retries do not outlive a minute."""
    text = (HERE / "programs" / "loop.py").read_text(encoding="utf-8")
    done = run(text, "loop", folder, "healthy", "a minute once")
    assert {one.output for one in done["healthy"]} == {f"{TURNS}\n"}
    assert {(one.output, one.error) for one in done["a minute once"]} == {("", "openai.RateLimitError")}


@pytest.mark.registry
@pytest.mark.parametrize("arguments", [("--select", "OAI201"), ("--backoff", "stdlib")], ids=["alone", "with all"])
def test_a_typed_test_decides_as_the_text_did(arguments: tuple[str, ...], folder: Path, tmp_path: Path) -> None:
    limited, other = "Too many requests, come back later.\n", "Something else went wrong.\n"
    names = ("healthy", "429 for ever", "400", "400 with 429 in its text")
    before = (HERE / "programs" / "by_text.py").read_text(encoding="utf-8")
    after = repaired("by_text", tmp_path, *arguments)
    assert "if isinstance(e, RateLimitError):" in after
    assert "str(e)" not in after
    label = "text test " + arguments[0].strip("-")
    was, now = run(before, f"{label} before", folder, *names), run(after, label, folder, *names)
    assert {name: {one.output for one in both} for name, both in now.items()} == {
        "healthy": {"Hello.\n"},
        "429 for ever": {limited},
        "400": {other},
        "400 with 429 in its text": {other},
    }
    for name in names[:3]:
        assert [(one.output, one.error) for one in now[name]] == [(one.output, one.error) for one in was[name]]
    # The digits of a count of tokens took in the text; they do not take in the type.
    assert {one.output for one in was[names[3]]} == {limited}


@pytest.mark.registry
@pytest.mark.parametrize("form", FORMS)
def test_requests_are_put_under_backoff_wherever_they_are(form: str, folder: Path, tmp_path: Path) -> None:
    before = (HERE / "programs" / "places.py").read_text(encoding="utf-8")
    after = repaired("places", tmp_path, "--backoff", form)
    names = ("healthy", "three of four", "429 for ever")
    was, now = run(before, f"places before {form}", folder, *names), run(after, f"places {form}", folder, *names)
    [expected] = {one.output for one in was["healthy"]}
    assert expected.count("Hello.") == before.count(".create(") + before.count(".create,") == 7
    assert [one.requests for one in now["healthy"]] == [one.requests for one in was["healthy"]]
    for one in now["healthy"] + now["three of four"]:
        assert (one.output, one.error) == (expected, None)
    assert {one.error for one in was["three of four"]} == {"openai.RateLimitError"}
    for one in now["429 for ever"]:
        assert one.error == "openai.RateLimitError"
        assert 1 < len(one.asked) <= MOST_REQUESTS
