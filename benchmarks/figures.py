"""Runs in turns, and what they come to: medians, and ratios of medians."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measuring import Failed, Memory, Sample, measure, weigh


@dataclass(frozen=True)
class Contestant:
    """A command that is measured.

    ``prepare`` is called before each of its ``runs``, outside the measured time, and gives the command. A contestant
    with a reason is ``absent``.
    """

    name: str
    prepare: Callable[[], Sequence[str]]
    runs: int
    absent: str = ""


@dataclass
class Result:
    """What the runs of a contestant gave; ``failed`` is the reason why there is nothing, or nothing more."""

    samples: list[Sample] = field(default_factory=list)
    memory: Memory | None = None
    failed: str = ""

    @property
    def median(self) -> Sample | None:
        """The medians of both times, each for itself; None if a run failed or there was none."""
        if self.failed or not self.samples:
            return None
        return Sample(
            statistics.median(one.wall for one in self.samples), statistics.median(one.cpu for one in self.samples)
        )

    @property
    def spread(self) -> float | None:
        """How far the slowest run is above the fastest one, by the clock, as a part of the median; None unless there
        are two."""
        if (median := self.median) is None or len(self.samples) < 2:
            return None
        walls = [one.wall for one in self.samples]
        return (max(walls) - min(walls)) / median.wall


def compete(
    contestants: Sequence[Contestant], folder: Path, tell: Callable[[str], None] = lambda line: None
) -> dict[str, Result]:
    """Measure the contestants in turns, each as often as it wants: A B C A B C A B. Results are by name.

    A first run of each, for its memory, is not timed; it fills the system's caches of files for all. A contestant that
    fails does not run again.
    """
    results = {one.name: Result(failed=one.absent) for one in contestants}
    for turn in range(-1, max((one.runs for one in contestants), default=0)):
        for one in contestants:
            result = results[one.name]
            if result.failed or turn >= one.runs:
                continue
            try:
                command = one.prepare()
                if turn < 0:
                    result.memory = weigh(command, folder)
                    tell(f"{one.name}: {_megabytes(result.memory)}")
                else:
                    result.samples.append(measure(command, folder))
                    tell(f"{one.name}: {result.samples[-1].wall:.3f} s")
            except (Failed, OSError) as error:
                result.failed = str(error)
                tell(f"{one.name}: {error}")
    return results


def _megabytes(memory: Memory | None) -> str:
    return "over before its memory was seen" if memory is None else f"{memory.largest:.0f} MB"


def ratio(one: Result, other: Result) -> Sample | None:
    """The median times of ``one`` in those of ``other``; None if there are none."""
    upper, lower = one.median, other.median
    if upper is None or lower is None:
        return None
    # A processor's clock may be too coarse for a short command.
    return Sample(upper.wall / lower.wall, upper.cpu / lower.cpu if lower.cpu else float("inf"))


def difference(one: Result, other: Result) -> Sample | None:
    """How much the median times of ``one`` are above those of ``other``, in seconds; None if there are none."""
    upper, lower = one.median, other.median
    return None if upper is None or lower is None else Sample(upper.wall - lower.wall, upper.cpu - lower.cpu)


def fastest(results: Sequence[Result]) -> Result:
    """The result with the smallest median by the clock; one without any if none has."""
    done = [(median.wall, number) for number, one in enumerate(results) if (median := one.median) is not None]
    return results[min(done)[1]] if done else Result(failed="none of them ran")
