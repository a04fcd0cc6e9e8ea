"""The page of a benchmark: its tables, and that the one in docs/ is of the present format."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import page, scenarios
from benchmarks.document import GOALS, NOTHING, RING, SIZES, Generated, Report, Table, both, digits, size_name
from benchmarks.figures import Result
from benchmarks.measuring import Memory, Sample
from benchmarks.scenarios import CHANGED, COLD, GIVEN, PEERS, PYTHON, RUFF, VERSION, WARM
from benchmarks.tools import without_places
from benchmarks.trees import Size

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"

SECONDS = {
    COLD: 4.0, WARM: 0.4, CHANGED: 0.5, GIVEN: 0.3, VERSION: 0.1, PYTHON: 0.02, RUFF: 0.5,
    PEERS[0]: 30.0, PEERS[1]: 24.0, PEERS[2]: 50.0,
}  # fmt: skip


def results(**seconds: float) -> dict[str, Result]:
    times = {**SECONDS, **seconds}
    made = {name: Result([Sample(times.get(name, 0.01), times.get(name, 0.01) * 2)]) for name in scenarios.ON_REAL}
    for name in scenarios.OWN:
        made[name].memory = Memory(100.0, 250.0)
    return made


def report() -> Report:
    generated = [
        Generated(size_name(lines), lines, {COLD: Result([Sample(lines / 1e5, lines / 1e5)])} | _others())
        for lines in SIZES
    ]
    generated.append(Generated(RING, 50_000, {COLD: Result([Sample(1.0, 1.0)])} | _others()))
    return Report(
        "python -m benchmarks", "2 packages", Size(7, 1_000, 0.5, 3), results(), generated, ["oailint 1"], 2, (0.0, 1.0)
    )  # fmt: skip


def _others() -> dict[str, Result]:
    return {name: Result([Sample(1.0, 2.0)]) for name in scenarios.ON_GENERATED if name != COLD}


def cells(text: str, first: str) -> list[str]:
    """The row that begins with ``first``."""
    [line] = [line for line in text.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_page_has_the_expected_tables() -> None:
    assert page.shape(page.render(report())) == page.expected()


written = pytest.mark.skipif(not PAGE.exists(), reason="python -m benchmarks --write has not been run yet")


@written
def test_the_page_in_docs_is_of_the_present_format() -> None:
    assert page.shape(PAGE.read_text(encoding="utf-8")) == page.expected()


@written
def test_the_page_in_docs_names_the_present_tools() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in page.tool_versions() if name not in text] == []
    assert without_places(text) == text


def test_a_row_of_real_code() -> None:
    made = report()
    made.results[COLD].samples[:] = [Sample(5.0, 8.0), Sample(4.0, 10.0), Sample(3.0, 9.0)]
    row = cells(page.render(made), COLD)
    assert row == ["oailint, cold", "4.00", "9.00", "8.00", "9.00", "3", "50%", "250", "100", "250", ""]
    assert cells(page.render(made), f"`{VERSION}`")[7] == NOTHING  # it reads no lines


def test_who_is_missing_is_told() -> None:
    made = report()
    made.results[PEERS[1]].failed = "cannot be installed: no | such version"
    text = page.render(made)
    row = cells(text, f"`{PEERS[1]}`")
    assert row[-1] == r"cannot be installed: no \| such version"
    assert row[1:5] == [NOTHING] * 4
    # The fastest of those that ran takes its place.
    assert cells(text, "the fastest Python peer ÷ cold")[2] == "7.50"
    for name in PEERS:
        made.results[name].failed = "gone"
    assert cells(page.render(made), "the fastest Python peer ÷ cold")[2:] == [NOTHING, NOTHING, "unknown"]


def test_goals() -> None:
    text = page.render(report())
    assert {goal.name: cells(text, goal.name)[2] for goal in GOALS} == {
        "cold ÷ ruff": "8.00",
        "the fastest Python peer ÷ cold": "6.00",
        "warm ÷ ruff": "0.800",
        "one file changed ÷ warm": "1.25",
        "one file given, less `python -c pass`": "0.280 s",
        "`oailint --version`, less `python -c pass`": "0.080 s",
        "memory of all processes, largest of the runs of oailint": "250 MB",
        "time for a line, 1,000,000 ÷ 10,000 generated lines": "1.00",
    }


@pytest.mark.parametrize(
    ("name", "cold", "said"),
    [
        ("cold ÷ ruff", Sample(5.0, 10.0), "yes"),
        ("cold ÷ ruff", Sample(5.01, 10.01), "no"),
        ("cold ÷ ruff", Sample(5.0, 10.01), "by the clock only"),
        ("cold ÷ ruff", Sample(5.01, 10.0), "CPU only"),
        ("the fastest Python peer ÷ cold", Sample(4.8, 9.6), "yes"),
        ("the fastest Python peer ÷ cold", Sample(4.9, 9.7), "no"),
    ],
)
def test_a_goal_is_kept_by_both_times_or_not(name: str, cold: Sample, said: str) -> None:
    made = report()
    made.results[COLD].samples[:] = [cold]
    assert cells(page.render(made), name)[-1] == said


def test_growth_is_that_of_time_for_a_line() -> None:
    made = report()
    [large] = [one for one in made.generated if one.name == size_name(1_000_000)]
    large.results[COLD].samples[:] = [Sample(15.0, 10.0)]
    text = page.render(made)
    assert cells(text, GOALS[-1].name)[2:] == ["1.50", "1.00", "CPU only"]
    assert cells(text, large.name)[4] == "1.50 / 1.00"
    small = replace(made, generated=[one for one in made.generated if one is not made.generated[1]])
    assert cells(page.render(small), GOALS[-1].name)[-1] == "unknown"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.9999, "1.00"), (0.0, "0.000"), (0.0104, "0.010"), (0.5, "0.500"), (1.0, "1.00"), (12.34, "12.3"),
     (1234.5, "1,234"), (-0.02, "-0.020"), (None, NOTHING), (float("inf"), NOTHING)],
)  # fmt: skip
def test_digits(value: float | None, text: str) -> None:
    assert digits(value) == text


def test_both_times() -> None:
    assert both(Sample(1.0, 22.0)) == "1.00 / 22.0"
    assert both(None) == NOTHING


def test_bars_do_not_part_cells() -> None:
    assert Table(("a", "b"), [("x|y", "z")]).render() == "| a | b |\n| --- | ---: |\n| x\\|y | z |\n"
