"""Parts that are judged in processes of their own: the same findings, whatever becomes of the processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oailint import judging, run, workers
from oailint.processes import Processes, Question
from oailint.run import Outcome, execute
from oailint.settings import Options

PROJECTS = sorted(path for path in (Path(__file__).parents[1] / "projects").glob("*/*") if any(path.glob("*.py")))
CALL = "import openai\n\nclient = openai.OpenAI()\nclient.chat.completions.create(model='m', messages=[])\n"


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Projects with settings of their own, one of several parts, and files that Python does not read."""
    root = tmp_path / "tree"
    for number, source in enumerate(PROJECTS[::3]):
        folder = root / f"{number:03}"
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "broken.py").write_text("def (:\n")
    for number in range(20):
        folder = root / "parts"
        folder.mkdir(exist_ok=True)
        comment = "# oailint: ignore-file[OAI101, OAI102]\n" if number % 3 else ""
        (folder / f"part{number}.py").write_text(CALL + comment)
    (root / "parts" / "pyproject.toml").write_text(
        '[tool.oailint]\nper-file-ignores = { "part4*" = ["OAI101"] }\nmin-severity = "info"\nsrc = ["."]\n'
    )
    return root


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Processes are used for everything; gets the number of questions of each round."""
    asked: list[int] = []
    ask = Processes.ask

    def counted(self: Processes, questions: list[Question], *more: Any) -> Any:
        if questions[0].make().startswith(b"&"):  # others extract
            asked.append(len(questions))
        return ask(self, questions, *more)

    monkeypatch.setattr(Processes, "ask", counted)
    monkeypatch.setattr(judging, "FEW_BYTES", -1)
    return asked


def told(outcome: Outcome) -> Any:
    report = outcome.report
    shown = sorted({one.location.path for one in (*report.findings, *report.suppressed)})
    lines = [outcome.excerpts.lines(one) for one in shown]
    return report.findings, report.suppressed, report.problems, report.statistics.files, lines


def check(**more: Any) -> Any:
    return told(execute(["tree"], Options(**{"use_cache": False, **more})))


@pytest.mark.parametrize("batch", [1, 30_000, 10_000_000])
def test_findings_are_equal(tree: Path, eager: list[int], monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(judging, "BATCH", batch)
    here = check(jobs=1)
    assert not any(eager)
    assert check(jobs=3) == here
    assert (max(eager) > 100) == (batch == 1)
    assert len(here[0]) > 30 and len(here[1]) > 10 and here[3] > 100


def test_the_files_that_are_held_at_once_change_nothing(
    tree: Path, eager: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = check(jobs=2)
    monkeypatch.setattr(run, "BATCH_FILES", 1)
    assert check(jobs=2) == at_once
    cached = {"jobs": 2, "use_cache": True, "cache_dir": "cache"}
    assert check(**cached) == at_once
    assert check(**cached) == at_once
    assert check(jobs=1, verbose=True) == at_once


def test_facts_are_let_go_of(tree: Path) -> None:
    made = run.Run(Options(use_cache=False), remember=True)
    made.check_found(made.discover(["tree"]), {})
    assert made.finish().findings
    assert len(made.loaded) == 0
    assert not any(one.facts for one in made.checked)


def test_what_processes_die_of_is_judged_here(tree: Path, eager: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    here = check(jobs=1)
    program = (
        "import os, sys\nsys.path[:] = sys.argv[1:]\nfrom oailint import judging\n"
        "judge = judging._answer\n"
        "judging._answer = lambda data: os.abort() if b'part5' in data else judge(data)\n"
        "judging.serve()"
    )
    monkeypatch.setattr(workers, "own_command", lambda entry: [sys.executable, "-c", program, *sys.path])
    monkeypatch.setattr(judging, "BATCH", 20_000)
    assert check(jobs=2) == here
    monkeypatch.setattr(workers, "own_command", lambda entry: [sys.executable, "-c", "pass"])
    assert check(jobs=2) == here
    assert len(eager) == 2


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are text there")
def test_a_name_that_is_no_text(tree: Path, eager: list[int]) -> None:
    with open(os.path.join(os.fsencode(tree / "parts"), b"part\xff.py"), "w") as file:
        file.write(CALL)
    here = check(jobs=1)
    assert any("part\udcff.py" in one.location.path for one in here[0])
    assert check(jobs=2) == here
    assert len(eager) == 1


def test_little_work_starts_no_process(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Processes, "ask", None)
    shutil.rmtree(tree)
    tree.mkdir()
    (tree / "a.py").write_text(CALL)
    (tree / "b.py").write_text(CALL)
    assert len(check(jobs=2)[0]) == 2


def test_large_parts_have_a_process_of_their_own(tree: Path, eager: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    here = check(jobs=1)
    started = []
    start = subprocess.Popen

    def counted(*words: Any, **more: Any) -> Any:
        started.append(words)
        return start(*words, **more)

    monkeypatch.setattr(subprocess, "Popen", counted)
    monkeypatch.setattr(judging, "BATCH", 1)
    assert check(jobs=2) == here
    assert len(started) == 2
    monkeypatch.setattr(judging, "ALONE", 1_000)
    assert check(jobs=2) == here
    assert len(started) > 10
