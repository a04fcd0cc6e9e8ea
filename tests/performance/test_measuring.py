"""The measurement of one command: time, memory of all its processes, and what counts as done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import measuring
from benchmarks.measuring import Failed, Memory, Scales, measure, weigh

MB = 1_000_000
TELL = "import sys; sys.stderr.write"


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_processor_time_is_that_of_children_too(tmp_path: Path) -> None:
    work = "import time\nwhile time.process_time() < 0.3: pass"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"
    sample = measure(python(nested), tmp_path)
    assert sample.cpu >= 0.3
    assert sample.wall >= 0.3


@pytest.mark.skipif(not measuring.PROCESSES.exists(), reason="the memory of other processes is told by Linux only")
def test_memory_is_that_of_the_largest_and_of_all(tmp_path: Path) -> None:
    child = f"x = bytearray({30 * MB}); x[::4096] = b'1' * len(x[::4096]); print('full', flush=True); input()"
    program = f"""
import subprocess, sys
x = bytearray({60 * MB}); x[::4096] = b"1" * len(x[::4096])
children = [subprocess.Popen([sys.executable, "-c", {child!r}], stdin=-1, stdout=-1) for _ in range(3)]
for one in children: one.stdout.readline()
print("full", flush=True)
input()
for one in children: one.communicate(b"\\n")
"""
    process = subprocess.Popen(python(program), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None and process.stdout is not None
    assert process.stdout.readline() == b"full\n"
    scales = Scales()
    scales.look(process.pid)
    process.communicate(b"\n")
    assert process.returncode == 0
    scales.look(process.pid)  # it has ended, which is no error and changes nothing
    assert scales.looks == 1
    assert 60 <= scales.largest / 1024 < 120
    assert 60 + 3 * 30 <= scales.summed / 1024 < 300


@pytest.mark.skipif(not measuring.PROCESSES.exists(), reason="the memory of other processes is told by Linux only")
def test_memory_of_a_command(tmp_path: Path) -> None:
    memory = weigh(python("for _ in range(10**7): pass"), tmp_path)
    assert memory is not None and memory.summed is not None
    assert 1 < memory.largest <= memory.summed < 60


@pytest.mark.skipif(not measuring.PROCESSES.exists(), reason="the memory of other processes is told by Linux only")
def test_memory_of_a_short_command_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "INTERVAL", 60.0)
    assert weigh(python("pass"), tmp_path) is None


def test_memory_without_a_list_of_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "PROCESSES", tmp_path / "none")
    memory = weigh(python("pass"), tmp_path)
    assert isinstance(memory, Memory)
    assert memory.summed is None and memory.largest > 1


def test_a_file_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    measure(python(f"{TELL}('a.py:1:1: problem: too large\\nb.py:1:1: problem: odd'); sys.exit(2)"), tmp_path)


@pytest.mark.parametrize("status", [0, 1])
def test_linters_that_find_something_have_done_their_work(tmp_path: Path, status: int) -> None:
    measure(python(f"raise SystemExit({status})"), tmp_path)


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import sys; print('no such option', file=sys.stderr); sys.exit(2)", "ended with status 2: no such option"),
        ("raise SystemExit(3)", "ended with status 3: nothing on standard error"),
        (f"{TELL}('a.py:1:1: problem: too large\\nerror: broken'); sys.exit(2)", "ended with status 2: error: broken"),
        ("raise ValueError('odd')", "ended with status 1: ValueError: odd"),
        ("import os; os.kill(os.getpid(), 9)", "ended with status -9: nothing on standard error"),
    ],
)
def test_what_has_not_done_its_work_says_why(tmp_path: Path, program: str, reason: str) -> None:
    with pytest.raises(Failed) as raised:
        measure(python(program), tmp_path)
    assert str(raised.value) == reason


def test_what_takes_too_long_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "LONGEST", 0.5)
    forever = "import threading; threading.Event().wait()"
    with pytest.raises(Failed, match="took longer than"):
        measure(python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {forever!r}])"), tmp_path)
