"""The report of a benchmark: Markdown tables, and the document that holds them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks import scenarios
from benchmarks.figures import Result, difference, fastest, ratio
from benchmarks.measuring import Memory, Sample
from benchmarks.scenarios import CHANGED, COLD, GIVEN, GREP, PEERS, PYTHON, RUFF, VERSION, WARM, WHOLE
from benchmarks.trees import Size

SIZES = (1_000, 10_000, 100_000, 1_000_000)
RING = "a ring of 10,000 functions"
NOTHING = "-"

Results = Mapping[str, Result]


@dataclass(frozen=True)
class Generated:
    """The results on a generated project of so many lines."""

    name: str
    lines: int
    results: Results


@dataclass(frozen=True)
class Report:
    """All that was measured, and what a reader has to know of it."""

    command: str
    tree: str
    size: Size
    results: Results
    generated: Sequence[Generated]
    versions: Sequence[str]
    cores: int
    loads: tuple[float, float]
    """The system's load average at the beginning and at the end."""


@dataclass(frozen=True)
class Table:
    """A table of Markdown; ``render`` aligns nothing, so that a row changes only with its figures."""

    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def render(self) -> str:
        """The table as text. Bars inside cells are escaped."""
        lines = [self.header, ("---", *["---:"] * (len(self.header) - 1)), *self.rows]
        return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


# --- figures as text ------------------------------------------------------------------------


def digits(value: float | None, unit: str = "") -> str:
    """``value`` with three digits that mean something, or more before the point."""
    if value is None or not math.isfinite(value):
        return NOTHING
    rounded = abs(float(f"{value:.3g}"))  # or 0.9999 would have a digit more than 1
    places = 2 - math.floor(math.log10(rounded)) if rounded >= 0.001 else 3
    return f"{value:,.{max(0, min(3, places))}f}{unit}"


def both(sample: Sample | None) -> str:
    """Both times in one cell."""
    return NOTHING if sample is None else f"{digits(sample.wall)} / {digits(sample.cpu)}"


def _pair(sample: Sample | None) -> tuple[str, str]:
    return (NOTHING, NOTHING) if sample is None else (digits(sample.wall), digits(sample.cpu))


def _times(sample: Sample | None, factor: float) -> Sample | None:
    return None if sample is None else Sample(sample.wall * factor, sample.cpu * factor)


def _weights(memory: Memory | None) -> tuple[str, str]:
    return (NOTHING, NOTHING) if memory is None else (_round(memory.largest), _round(memory.summed))


def _round(value: float | None) -> str:
    return NOTHING if value is None else f"{value:,.0f}"


# --- tables -----------------------------------------------------------------------------------

REAL_HEADER = (
    "command", "s", "CPU s", "÷ ruff", "CPU ÷ ruff", "runs", "spread", "lines/s", "MB, largest process",
    "MB, all processes", "remark",
)  # fmt: skip


def real_table(results: Results, lines: int) -> Table:
    """A row for each command on the tree of real code."""
    rows = []
    for name in scenarios.ON_REAL:
        result = results[name]
        median, relative = result.median, ratio(result, results[RUFF])
        rate = lines / median.wall if median is not None and name in WHOLE else None
        rows.append((
            f"`{name}`" if "," not in name else name,
            *_pair(median), *_pair(relative),
            str(len(result.samples)), NOTHING if result.spread is None else f"{result.spread:.0%}",
            _round(rate), *_weights(result.memory), result.failed,
        ))  # fmt: skip
    return Table(REAL_HEADER, rows)


GENERATED_HEADER = (
    "project", "lines", "cold", "µs per line", "÷ that of 10,000", "lines/s", "warm", "one file changed",
    "one file given", "ruff", "grep", "MB, largest process", "MB, all processes", "remark",
)  # fmt: skip


def generated_table(projects: Sequence[Generated]) -> Table:
    """A row for each generated project; times are those by the clock and of processors."""
    rows = []
    for one in projects:
        cold, cost, relative = one.results[COLD], per_line(one), growth(projects, one)
        rows.append((
            one.name, f"{one.lines:,}", both(cold.median), both(_times(cost, 1e6)),
            both(relative), NOTHING if cost is None else _round(1 / cost.wall),
            *(both(one.results[name].median) for name in (WARM, CHANGED, GIVEN, RUFF, GREP)),
            *_weights(cold.memory),
            "; ".join(f"{name}: {result.failed}" for name, result in one.results.items() if result.failed),
        ))  # fmt: skip
    return Table(GENERATED_HEADER, rows)


def per_line(project: Generated) -> Sample | None:
    """Seconds for a line of a cold run."""
    return _times(project.results[COLD].median, 1 / project.lines)


def growth(projects: Sequence[Generated], project: Generated) -> Sample | None:
    """Time for a line, in that of the project of 10,000 lines; None if one of them is not known."""
    small = next((per_line(one) for one in projects if one.name == size_name(10_000)), None)
    large = per_line(project)
    return None if small is None or large is None else Sample(large.wall / small.wall, large.cpu / small.cpu)


def size_name(lines: int) -> str:
    """What the row of a generated project of about so many lines is called."""
    return f"about {lines:,} lines"


@dataclass(frozen=True)
class Goal:
    """What is asked of a figure. ``measured`` takes a report and gives the figure by the clock and of processors; for
    memory both are the same."""

    name: str
    limit: float
    unit: str
    measured: Callable[[Report], Sample | None]
    at_least: bool = False

    def row(self, report: Report) -> tuple[str, ...]:
        """The row of the table of goals."""
        sample = self.measured(report)
        limit = f"{'≥' if self.at_least else '≤'} {digits(self.limit, self.unit)}"
        if sample is None:
            return (self.name, limit, NOTHING, NOTHING, "unknown")
        kept = [value >= self.limit if self.at_least else value <= self.limit for value in (sample.wall, sample.cpu)]
        said = "yes" if all(kept) else "no" if not any(kept) else "by the clock only" if kept[0] else "CPU only"
        return (self.name, limit, digits(sample.wall, self.unit), digits(sample.cpu, self.unit), said)


def _ratio(upper: str, lower: str) -> Callable[[Report], Sample | None]:
    return lambda report: ratio(report.results[upper], report.results[lower])


def _above_python(name: str) -> Callable[[Report], Sample | None]:
    return lambda report: difference(report.results[name], report.results[PYTHON])


def _peak(report: Report) -> Sample | None:
    peaks = [memory.summed for name in scenarios.OWN if (memory := report.results[name].memory) is not None]
    known = [peak for peak in peaks if peak is not None]
    return Sample(max(known), max(known)) if known else None


def _growth(report: Report) -> Sample | None:
    last = next((one for one in report.generated if one.name == size_name(1_000_000)), None)
    return None if last is None else growth(report.generated, last)


GOALS = (
    Goal("cold ÷ ruff", 10, "", _ratio(COLD, RUFF)),
    Goal("the fastest Python peer ÷ cold", 5, "",
         lambda report: ratio(fastest([report.results[name] for name in PEERS]), report.results[COLD]), at_least=True),
    Goal("warm ÷ ruff", 1, "", _ratio(WARM, RUFF)),
    Goal("one file changed ÷ warm", 1.5, "", _ratio(CHANGED, WARM)),
    Goal("one file given, less `python -c pass`", 0.3, " s", _above_python(GIVEN)),
    Goal("`oailint --version`, less `python -c pass`", 0.1, " s", _above_python(VERSION)),
    Goal("memory of all processes, largest of the runs of oailint", 300, " MB", _peak),
    Goal("time for a line, 1,000,000 ÷ 10,000 generated lines", 1.2, "", _growth),
)  # fmt: skip
GOALS_HEADER = ("figure", "goal", "by the clock", "CPU", "kept")


def goals_table(report: Report) -> Table:
    """A row for each goal."""
    return Table(GOALS_HEADER, [goal.row(report) for goal in GOALS])
