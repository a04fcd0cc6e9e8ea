"""Worker processes: order, and what a file that kills its worker costs."""

from __future__ import annotations

import os
import sys

import pytest

from oailint import workers
from oailint.facts import Broken
from oailint.processes import Processes
from oailint.workers import CRASHED, extract_all

# A worker whose extraction answers with the text, and dies over texts that say so.
_WORKER = """
import os, sys
sys.path[:] = sys.argv[2:]
from oailint.facts import Broken
from oailint.workers import serve

def extract(text):
    print("noise on standard output")
    if text.startswith("die"):
        os._exit(3)
    if text.startswith("once") and not os.path.exists(sys.argv[1]):
        open(sys.argv[1], "w").close()
        os.abort()
    return Broken(text[:50], len(text), 1, True)

serve(extract)
"""


def command(marker: object = "-") -> list[str]:
    return [sys.executable, "-c", _WORKER, str(marker), *sys.path]


def reasons(texts: list[str], jobs: int, marker: object = "-") -> list[str]:
    results = extract_all([text.encode() for text in texts], jobs, command(marker))
    assert all(isinstance(result, Broken) for result in results)
    return [result.reason for result in results if isinstance(result, Broken)]


@pytest.mark.parametrize("jobs", [1, 3])
def test_results_come_in_order(jobs: int) -> None:
    texts = [f"{'x' * (number * 37 % 101)} {number}" for number in range(60)]
    assert reasons(texts, jobs) == [text[:50] for text in texts]


def test_any_text_survives_the_journey() -> None:
    texts = ["", "ä€\U0001d4b3", "a\r\nb\rc", "y" * 3_000_000]
    assert reasons(texts, 2) == [text[:50] for text in texts]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_worker_that_dies_costs_its_file_only(jobs: int) -> None:
    texts = ["a", "die", "b", "die too", "c", "d"]
    assert reasons(texts, jobs) == ["a", CRASHED.reason, "b", CRASHED.reason, "c", "d"]
    assert not CRASHED.rejected


def test_a_lone_surrogate_kills_nobody() -> None:
    written = b"# coding: unicode_escape\n\\ud800 lone"
    assert [one.reason for one in extract_all([written], 1, command())] == ["# coding: unicode_escape\n? lone"]  # type: ignore[union-attr]


def test_a_content_that_is_no_text_is_told() -> None:
    results = extract_all([b"a\xff", b"a\0", b"b"], 1, command())
    assert [one.reason[:11] for one in results if isinstance(one, Broken)] == ["is not UTF-", "source code", "b"]


def test_a_worker_that_dies_by_chance_costs_nothing(tmp_path: object) -> None:
    assert reasons(["a", "once", "b"], 1, f"{tmp_path}/marker") == ["a", "once", "b"]


def test_where_no_worker_starts_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_extractor", lambda: lambda text: Broken(f"here {text}", 1, 1, True))
    for broken_command in ([os.path.join(os.sep, "no", "such", "program")], [sys.executable, "-c", "pass"]):
        results = extract_all([b"a", b"b"], 2, broken_command)
        assert [result.reason for result in results if isinstance(result, Broken)] == ["here a", "here b"]


def test_few_small_files_need_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_extractor", lambda: lambda text: Broken(text, 1, 1, True))
    monkeypatch.setattr(Processes, "ask", None)
    assert len(extract_all([b"a", b"b"])) == 2
    with pytest.raises(TypeError):
        extract_all([b"a"] * workers.FEW_FILES)
    with pytest.raises(TypeError):
        extract_all([b"a" * workers.FEW_BYTES])
