"""The turns of a benchmark, its medians, and its ratios."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import figures
from benchmarks.figures import Contestant, Result, compete, difference, fastest, ratio
from benchmarks.measuring import Failed, Memory, Sample


def result(*walls: float, cpu: float = 1.0, failed: str = "") -> Result:
    return Result([Sample(wall, cpu) for wall in walls], failed=failed)


def test_median_of_each_time_for_itself() -> None:
    mixed = Result([Sample(1.0, 30.0), Sample(2.0, 10.0), Sample(9.0, 20.0)])
    assert mixed.median == Sample(2.0, 20.0)
    assert result(1.0, 2.0).median == Sample(1.5, 1.0)


def test_spread() -> None:
    assert result(1.0, 2.0, 4.0).spread == 1.5
    assert result(3.0, 3.0).spread == 0.0
    assert result(3.0).spread is None


def test_ratio_is_of_medians_not_of_means() -> None:
    assert ratio(result(1.0, 2.0, 90.0, cpu=6.0), result(1.0, 4.0, 5.0, cpu=2.0)) == Sample(0.5, 3.0)


def test_difference() -> None:
    assert difference(result(0.5, cpu=0.4), result(0.125, cpu=0.1)) == Sample(0.375, pytest.approx(0.3))


@pytest.mark.parametrize("other", [Result(), result(1.0, failed="broken"), Result(failed="not installed")])
def test_nothing_comes_of_nothing(other: Result) -> None:
    assert other.median is None and other.spread is None
    for compare in (ratio, difference):
        assert compare(other, result(1.0)) is None
        assert compare(result(1.0), other) is None


def test_a_clock_too_coarse_makes_no_error() -> None:
    infinite = ratio(result(1.0), result(1.0, cpu=0.0))
    assert infinite is not None and infinite.cpu == float("inf")


def test_fastest_is_one_that_ran() -> None:
    quick, slow = result(1.0), result(2.0)
    assert fastest([slow, result(0.1, failed="broken"), quick]) is quick
    assert fastest([result(0.1, failed="broken")]).median is None


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was run, in order: the command in small letters for its memory, in capitals for its time."""
    told: list[str] = []

    def weigh(command: Sequence[str], folder: Path) -> Memory:
        told.append(command[0])
        return Memory(1.0, 2.0)

    def measure(command: Sequence[str], folder: Path) -> Sample:
        told.append(command[0].upper())
        if command[0] == "breaks":
            raise Failed("ended with status 3")
        return Sample(float(len(told)), 1.0)

    monkeypatch.setattr(figures, "weigh", weigh)
    monkeypatch.setattr(figures, "measure", measure)
    return told


def contestant(name: str, runs: int, absent: str = "") -> Contestant:
    return Contestant(name, lambda: [name], runs, absent)


def test_turns_are_interleaved(ran: list[str], tmp_path: Path) -> None:
    results = compete([contestant("a", 3), contestant("b", 1), contestant("c", 2)], tmp_path)
    assert "".join(ran) == "abcABCACA"
    assert [len(results[name].samples) for name in "abc"] == [3, 1, 2]
    assert results["b"].memory == Memory(1.0, 2.0)


def test_who_fails_or_is_absent_says_why_and_does_not_stop_the_others(ran: list[str], tmp_path: Path) -> None:
    told: list[str] = []
    contestants = [contestant("a", 2), contestant("breaks", 2), contestant("gone", 2, absent="cannot be installed")]
    results = compete(contestants, tmp_path, told.append)
    assert ran == ["a", "breaks", "A", "BREAKS", "A"]
    assert {name: one.failed for name, one in results.items()} == {
        "a": "", "breaks": "ended with status 3", "gone": "cannot be installed"
    }  # fmt: skip
    assert results["breaks"].median is None
    assert "breaks: ended with status 3" in told


def test_what_cannot_be_prepared_or_started_has_failed(ran: list[str], tmp_path: Path) -> None:
    def broken() -> list[str]:
        raise Failed("the cache could not be filled")

    def missing() -> list[str]:
        raise FileNotFoundError("no such program")

    results = compete([Contestant("a", broken, 1), Contestant("b", missing, 1), contestant("c", 1)], tmp_path)
    assert [results[name].failed for name in "abc"] == ["the cache could not be filled", "no such program", ""]
