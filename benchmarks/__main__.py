"""``python -m benchmarks [LINES...]``: time for a line and peak memory, on generated projects without a cache.

The time is that of a whole process, the median of three; the memory that of its largest process.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.generate import write, write_component

SIZES = (1_000, 10_000, 100_000, 1_000_000)
RUNS = 3


def measure(folder: Path, runs: int) -> tuple[float, float]:
    """Seconds (the median) and megabytes (the largest) of checking ``folder``."""
    command = [sys.executable, "-m", "oailint", "--no-cache", "--quiet", "--exit-zero", "."]
    seconds, megabytes = [], 0.0
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - start)
        megabytes = max(megabytes, usage.ru_maxrss / 1024)
        if status:
            raise SystemExit(f"oailint ended with status {status}")
    return statistics.median(seconds), megabytes


def row(name: str, make: Callable[[Path], int], runs: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        lines = make(folder)
        seconds, megabytes = measure(folder, runs)
        print(f"{name:24} {lines:9} {seconds:8.2f} {seconds / lines * 1e6:8.1f} {megabytes:8.0f}", flush=True)


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print(f"{'project':24} {'lines':>9} {'seconds':>8} {'us/line':>8} {'MB':>8}")
    for size in sizes:
        row(f"packages, {size} lines", lambda folder, size=size: write(folder, size), 1 if size > 100_000 else RUNS)
    if not sys.argv[1:]:
        row("one ring of functions", lambda folder: write_component(folder, 10_000), RUNS)


if __name__ == "__main__":
    main()
