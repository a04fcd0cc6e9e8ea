"""One command, measured: seconds by the clock and of processors, and the memory of all its processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST = 1800.0
"""Seconds that a command may take."""
INTERVAL = 0.005
"""Seconds between two looks at the memory of running processes."""
FEWEST = 2
"""Looks at a process without which its memory is unknown."""
STATUSES = (0, 1)
"""How tools end that have done their work: 1 says that something was found, or nothing by grep."""
PROBLEM = ": problem: "
"""In each line of oailint about a file that it could not read: with nothing else on standard error the others were."""

PROCESSES = Path("/proc")


class Failed(Exception):
    """A command did not do its work; the message says why, in one line."""


@dataclass(frozen=True)
class Sample:
    """Seconds of one run: by the clock, and of processors (user and system, all processes of the command)."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Memory:
    """Peaks of one run in MB: of its largest process, and of all its processes at one moment (None: unknown).

    Pages that processes share count in each of them.
    """

    largest: float
    summed: float | None


def measure(command: Sequence[str], folder: Path) -> Sample:
    """Run ``command`` in ``folder``; raises Failed. Nothing else is done meanwhile, so that times are its own."""
    sample, _ = _run(command, folder, None)
    return sample


def weigh(command: Sequence[str], folder: Path) -> Memory | None:
    """Run ``command`` in ``folder`` and look at its memory all the time; raises Failed.

    The largest of many looks: what a process needs in its last milliseconds may be missed. None if the command was over
    before there were some.
    """
    scales = Scales()
    _, largest = _run(command, folder, scales)
    if not PROCESSES.exists():
        return Memory(largest, None)
    if scales.looks < FEWEST:
        return None
    return Memory(scales.largest / 1024, scales.summed / 1024)


class Scales:
    """Peaks of a process and those below it, in KB, from looking at them again and again."""

    def __init__(self) -> None:
        self.largest = self.summed = 0
        self.looks = 0
        """How often there was something to see."""

    def look(self, pid: int) -> None:
        """Take in how large the processes are now."""
        total = 0
        for size in _sizes(pid, ()):
            self.largest = max(self.largest, size["VmHWM"])
            total += size["VmRSS"]
        self.summed = max(self.summed, total)
        self.looks += total > 0


def _sizes(pid: int, above: Sequence[int]) -> Iterator[dict[str, int]]:
    try:
        lines = (PROCESSES / str(pid) / "status").read_text().splitlines()
        threads = os.listdir(PROCESSES / str(pid) / "task")
    except OSError:  # it has ended, or this is no Linux
        return
    size = {name: int(line.split()[1]) for line in lines if (name := line.partition(":")[0]) in _KEYS}
    values = [size.get(name, 0) for name in _KEYS]
    if len(size) == len(_KEYS) and values != above:  # a child that is about to become a program is its parent's memory
        yield size
    for thread in threads:
        with contextlib.suppress(OSError):
            for child in (PROCESSES / str(pid) / "task" / thread / "children").read_text().split():
                yield from _sizes(int(child), values)


_KEYS = ("VmSize", "VmHWM", "VmRSS")


def _run(command: Sequence[str], folder: Path, scales: Scales | None) -> tuple[Sample, float]:
    """The times of a run, and the peak of its largest process in MB as the system counts it."""
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
            start_new_session=True,
        )  # fmt: skip
        late = threading.Event()
        timer = threading.Timer(LONGEST, _kill, (process.pid, late))
        timer.daemon = True
        timer.start()
        ended = threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, scales, ended), daemon=True)
        if scales is not None:
            watcher.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            _kill(process.pid, late)
            process.wait()
            raise
        finally:
            seconds = time.perf_counter() - start
            timer.cancel()
            ended.set()
        process.returncode = os.waitstatus_to_exitcode(status)
        if scales is not None:
            watcher.join()
        errors.seek(0)
        _check(process.returncode, errors.read().decode("utf-8", "replace"), late.is_set())
    return Sample(seconds, usage.ru_utime + usage.ru_stime), usage.ru_maxrss / 1024


def _watch(pid: int, scales: Scales, ended: threading.Event) -> None:
    scales.look(pid)
    while not ended.wait(INTERVAL):
        scales.look(pid)


def _kill(pid: int, late: threading.Event) -> None:
    late.set()
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)  # its session is its own


def _check(status: int, errors: str, late: bool) -> None:
    if late:
        raise Failed(f"took longer than {LONGEST:.0f} s")
    if status in STATUSES and "Traceback (most recent call last)" not in errors:
        return
    told = [line for line in errors.splitlines() if line.strip()]
    if status == 2 and told and all(PROBLEM in line for line in told):
        return
    last = next((line.strip() for line in reversed(told)), "nothing on standard error")
    raise Failed(f"ended with status {status}: {last}")
