"""What is run on a tree: oailint as it is used, and the commands that it is compared with."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks import tools, trees
from benchmarks.figures import Contestant
from benchmarks.measuring import measure

COLD = "oailint, cold"
WARM = "oailint, warm"
CHANGED = "oailint, one file changed"
GIVEN = "oailint, one file given"
VERSION = "oailint --version"
PYTHON = "python -c pass"
GREP = "grep -rl openai ."
RUFF = tools.RUFF.shown
PEERS = tuple(tool.shown for tool in tools.PEERS)

OWN = (COLD, WARM, CHANGED, GIVEN)
WHOLE = (COLD, WARM, CHANGED, GREP, RUFF, *PEERS)
"""What deals with all of a tree, so that lines per second mean something."""
ON_REAL = (*OWN, VERSION, PYTHON, GREP, RUFF, *PEERS)
"""The order of the turns and of the rows."""
ON_GENERATED = (*OWN, GREP, RUFF)

CHANGES = 5
"""So many times as often as others is the run after a change measured on real code: it depends on the file."""


class Subject:
    """A tree that may be changed, with the caches of oailint in the folder ``work``.

    Warm runs, runs after a change, and runs on one file share a cache, and each finds it as the run before it left it.
    So many ``files`` take turns in being changed and in being given, of those that say openai. ``own`` is the program
    of oailint.
    """

    def __init__(self, tree: Path, work: Path, files: int, own: Path) -> None:
        self.tree = tree
        self._own = own
        self._warm, self._cold = work / "warm", work / "cold"
        candidates = [path for path in trees.files(tree) if trees.says_openai(path)] or trees.files(tree)
        chosen = trees.spread(candidates, files)
        self._to_change, self._to_give = itertools.cycle(chosen), itertools.cycle(chosen)
        self._changes = itertools.count()

    def contestants(
        self, programs: dict[str, Path | str], names: Sequence[str], runs: dict[str, int]
    ) -> list[Contestant]:
        """Those of ``names``, to run so often. ``programs`` are where they are, or why they are not there."""
        ways = {
            COLD: self._run_cold,
            WARM: self._run_warm,
            CHANGED: self._run_changed,
            GIVEN: self._run_given,
            VERSION: lambda: [str(self._own), "--version"],
            PYTHON: lambda: [str(tools.python_of(self._own)), "-c", "pass"],
            GREP: lambda: ["grep", "-rl", "openai", "."],
        }
        result = []
        for name in names:
            if name in ways:
                result.append(Contestant(name, ways[name], runs[name]))
                continue
            program = programs[name]
            command = [str(program), *name.split()[1:]]
            absent = "" if isinstance(program, Path) else program
            result.append(Contestant(name, lambda command=command: command, runs[name], absent))  # type: ignore[misc]
        return result

    def _run_cold(self) -> list[str]:
        shutil.rmtree(self._cold, ignore_errors=True)
        return self._check(self._cold, ".")

    def _run_warm(self) -> list[str]:
        command = self._check(self._warm, ".")
        if not self._warm.exists() and self._cold.exists():
            self._cold.rename(self._warm)
        elif not self._warm.exists():
            measure(command, self.tree)
        return command

    def _run_changed(self) -> list[str]:
        number = next(self._changes)
        with next(self._to_change).open("ab") as file:
            file.write(f"\nchanged_{number} = {number}\n".encode())
        return self._run_warm()

    def _run_given(self) -> list[str]:
        self._run_warm()
        return self._check(self._warm, str(next(self._to_give).relative_to(self.tree)))

    def _check(self, cache: Path, path: str) -> list[str]:
        return [str(self._own), "--exit-zero", "--cache-dir", str(cache), path]


def install_tools(cache: Path) -> dict[str, Path | str]:
    """The program of each tool by the name of its row, or the reason why it is not there."""
    programs: dict[str, Path | str] = {}
    for tool in (tools.RUFF, *tools.PEERS):
        try:
            programs[tool.shown] = tools.install(tool, cache)
        except tools.NotInstalled as error:
            programs[tool.shown] = str(error)
    return programs
