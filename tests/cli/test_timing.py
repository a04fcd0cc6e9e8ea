"""How long each stage of a run takes: counted once, told only when asked for, after everything else."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oailint import repair, timing
from oailint.run import execute
from oailint.settings import Options
from oailint.timing import STAGES, Stages

Run = Callable[..., Any]
FIGURES = ", ".join(rf"{name} \d+\.\d{{3}}" for name in (*STAGES, "other"))
LINE = re.compile(rf"timings: \d+\.\d{{3}} s: {FIGURES}")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def seconds(line: str) -> dict[str, float]:
    """The figures of a line, by stage."""
    parts = line.partition(" s: ")[2].split(", ")
    return {name: float(figure) for name, _, figure in (part.rpartition(" ") for part in parts)}


def test_a_stage_interrupts_the_one_around_it() -> None:
    clock = Clock()
    stages = Stages(clock)
    clock.now = 1.0
    with stages("reading"):
        clock.now = 3.0
        with stages("extracting"):
            clock.now = 7.0
        clock.now = 15.0
    with stages("reading"):
        clock.now = 31.0
    clock.now = 63.0
    told = seconds(str(stages))
    assert (told["reading"], told["extracting"], told["other"]) == (2.0 + 8.0 + 16.0, 4.0, 1.0 + 32.0)
    assert str(stages).startswith("timings: 63.000 s: ")
    assert sum(told.values()) == 63.0


def test_a_stage_ends_with_its_block_however_that_ends() -> None:
    clock = Clock()
    stages = Stages(clock)
    with pytest.raises(ValueError), stages("linking"):
        clock.now = 2.0
        raise ValueError
    clock.now = 5.0
    assert seconds(str(stages))["linking"] == 2.0


def test_nothing_is_told_of_a_run_that_fails() -> None:
    told: list[str] = []
    with pytest.raises(ValueError), timing.on(told.append):
        raise ValueError
    assert told == []
    with timing.on(told.append):
        pass
    assert len(told) == 1


@pytest.mark.parametrize("flags", [(), ("--diff",), ("--add-ignore",)])
def test_only_when_asked_for_and_last(run: Run, tmp_path: Path, flags: tuple[str, ...]) -> None:
    Path("a.py").write_text("import openai\n")
    assert "timings" not in run("a.py", "--verbose", *flags).err
    asked = run("a.py", "--verbose", "--timings", "--no-cache", *flags)
    lines = asked.err.splitlines()
    assert LINE.fullmatch(lines[-1]), asked.err
    assert [line for line in lines[:-1] if line.startswith("timings")] == []
    assert "timings" not in asked.out


def test_runs_tell_their_stages(tmp_path: Path) -> None:
    Path("a.py").write_text("import openai\n")
    told: list[str] = []

    @contextlib.contextmanager
    def stage(name: str) -> Iterator[None]:
        told.append(name)
        yield

    options = Options(stage=stage, use_cache=False)
    execute(["a.py"], options)
    checking = ["reading", "extracting", "linking", "rules"]
    assert list(dict.fromkeys(told)) == ["finding files", *checking]
    told.clear()
    repair.execute(["a.py"], options, unsafe=False, write=False)
    assert list(dict.fromkeys(told)) == ["finding files", "fixing", *checking]
    assert set(told) < set(STAGES)
