"""How far a run is: on a terminal, in time, and gone when something else is printed."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from oailint import progress
from oailint.progress import INTERVAL, PATIENCE, Progress


class Terminal(io.StringIO):
    """A stream that is a terminal, and what is to be seen on its one line."""

    def isatty(self) -> bool:
        return True

    @property
    def line(self) -> str:
        shown = ""
        for part in self.getvalue().split("\r"):
            shown = part + shown[len(part) :]
        return shown.rstrip()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_short_run_shows_nothing() -> None:
    terminal, clock = Terminal(), Clock()
    line = Progress(terminal, clock)
    line("reading file", 1, 9)
    line("", 0, 0)
    assert terminal.getvalue() == ""


def test_a_long_run_shows_how_far_it_is_and_leaves_nothing() -> None:
    terminal, clock = Terminal(), Clock()
    line = Progress(terminal, clock)
    clock.now = PATIENCE
    line("reading file", 100, 900)
    assert terminal.line == "oailint: reading file 100 of 900"
    line("reading file", 101, 900)
    assert terminal.line == "oailint: reading file 100 of 900"
    clock.now += INTERVAL
    line("checking project", 1, 2)
    assert terminal.line == "oailint: checking project 1 of 2"
    line("", 0, 0)
    assert terminal.line == ""


def test_a_line_is_no_longer_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    terminal, clock = Terminal(), Clock()
    line = Progress(terminal, clock)
    clock.now = PATIENCE
    line("reading file", 100, 900)
    assert terminal.line == "oailint: re"


def test_a_terminal_that_goes_away_stops_nothing() -> None:
    terminal, clock = Terminal(), Clock()
    line = Progress(terminal, clock)
    clock.now = PATIENCE
    terminal.close()
    line("reading file", 1, 9)
    clock.now += 9
    line("reading file", 2, 9)
    line("", 0, 0)


@pytest.mark.parametrize(
    ("stream", "quiet", "variable", "is_drawn"),
    [
        (Terminal(), False, ("TERM", "xterm"), True),
        (Terminal(), True, ("TERM", "xterm"), False),
        (Terminal(), False, ("TERM", "dumb"), False),
        (Terminal(), False, ("CI", "true"), False),
        (io.StringIO(), False, ("TERM", "xterm"), False),
    ],
)
def test_it_is_for_people_at_a_terminal(
    stream: io.StringIO, quiet: bool, variable: tuple[str, str], is_drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(*variable)
    with progress.on(stream, quiet=quiet) as tell:
        assert isinstance(tell, Progress) == is_drawn


_COMMAND = """
import sys
from oailint import progress, workers
progress.PATIENCE, progress.INTERVAL, workers.FEW_FILES = 0.0, 0.0, 0
from oailint.cli import main
main(sys.argv[1:])
"""


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_the_command_draws_on_standard_error_and_cleans_up(tmp_path: Path, child_environment: dict[str, str]) -> None:
    for number in range(5):
        (tmp_path / f"part{number}.py").write_text("x = (\n")
    leader, follower = pty.openpty()
    environment = {**child_environment, "TERM": "xterm", "COLUMNS": "80"}
    environment.pop("CI", None)
    command = [sys.executable, "-c", _COMMAND, "--no-cache", "--isolated", "--output-format", "concise", "."]
    done = subprocess.run(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=follower, check=False)
    os.close(follower)
    drawn = os.read(leader, 65536).decode()
    os.close(leader)
    assert done.returncode == 1
    assert done.stdout.count(b"OAI001") == 5
    assert "oailint: checking project 0 of 1" in drawn
    terminal = Terminal()
    terminal.write(drawn)
    assert terminal.line == ""
