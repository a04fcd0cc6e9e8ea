"""How long each stage of a run takes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

STAGES = ("finding files", "reading", "extracting", "linking", "rules", "fixing", "reporting")

Stage = Callable[[str], AbstractContextManager[None]]
"""Told the stage that the block under ``with`` belongs to."""


def untimed(stage: str) -> AbstractContextManager[None]:
    """Measure nothing."""
    return contextlib.nullcontext()


class Stages:
    """Adds up the time of each stage, from the moment it is made. ``clock`` gives seconds.

    A stage inside another one interrupts it, so no time is counted twice.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._start = self._since = clock()
        self._seconds = dict.fromkeys(STAGES, 0.0)
        self._running = ""

    @contextlib.contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        outer = self._switch(stage)
        try:
            yield
        finally:
            self._switch(outer)

    def _switch(self, stage: str) -> str:
        now, before = self._clock(), self._running
        if before:
            self._seconds[before] += now - self._since
        self._since, self._running = now, stage
        return before

    def __str__(self) -> str:
        """All stages in one line, in their order, and what is in none of them."""
        total = self._clock() - self._start
        parts = {**self._seconds, "other": max(0.0, total - sum(self._seconds.values()))}
        return f"timings: {total:.3f} s: " + ", ".join(f"{name} {seconds:.3f}" for name, seconds in parts.items())


@contextlib.contextmanager
def on(tell: Callable[[str], None] | None) -> Iterator[Stage]:
    """Times what is told of stages while the block runs, and gives ``tell`` the line when it has come to its end; None
    measures nothing."""
    if tell is None:
        yield untimed
        return
    stages = Stages()
    yield stages
    tell(str(stages))
