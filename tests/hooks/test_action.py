"""The GitHub Action: its steps are run as a runner runs them, with a home of their own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ASK = "import openai\n\nopenai.responses.create(model='m', input='')\n"
_EXPRESSION = re.compile(r"\$\{\{ ([\w.-]+) \}\}")

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the steps are for bash")


@pytest.fixture(scope="module")
def action() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@dataclass
class Runner:
    """Runs steps of an action in ``folder``, and keeps their outputs."""

    action: dict[str, Any]
    folder: Path
    home: Path
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    told: str = ""

    def value(self, text: str) -> str:
        """``text`` with its expressions replaced by what they mean."""
        defaults = {f"inputs.{name}": one["default"] for name, one in self.action["inputs"].items()}
        known = {**defaults, **{f"inputs.{name}": value for name, value in self.inputs.items()}, **self.outputs}
        return _EXPRESSION.sub(lambda found: known[found[1]], text)

    def run(self, identity: str) -> int:
        """The exit status of the step of that id."""
        [step] = [one for one in self.action["runs"]["steps"] if one.get("id") == identity]
        written = self.home / f"{identity}.output"
        written.touch()
        env = {
            **os.environ,
            **{name: self.value(value) for name, value in step["env"].items()},
            "RUNNER_TEMP": str(self.home),
            "GITHUB_OUTPUT": str(written),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(self.home / "summary.md"),
            "OAILINT_CACHE_DIR": str(self.home / "cache"),
        }
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)
        self.told = done.stdout + done.stderr
        for line in written.read_text().splitlines():
            name, _, value = line.partition("=")
            self.outputs[f"steps.{identity}.outputs.{name}"] = value
        return done.returncode


@pytest.fixture
def runner(action: dict[str, Any], tmp_path: Path) -> Runner:
    """One in which oailint is installed already: that of these tests."""
    folder, home = tmp_path / "checkout", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    made = Runner(action, folder, home)
    made.outputs["steps.install.outputs.scripts"] = str(Path(sys.executable).parent)
    return made


def test_findings_fail_the_step_and_are_annotated_and_kept(runner: Runner) -> None:
    (runner.folder / "with space.py").write_text(ASK)
    runner.inputs = {"paths": "with space.py\n\n", "arguments": "--min-severity=info\n--ignore=OAI401\n"}
    assert runner.run("check") == 1, runner.told
    assert "file=with space.py,line=3" in runner.told
    assert "OAI102" in (runner.home / "summary.md").read_text()
    report = json.loads(Path(runner.outputs["steps.check.outputs.sarif-file"]).read_text())
    assert [one["ruleId"] for one in report["runs"][0]["results"]] == ["OAI102"]


def test_nothing_found_passes(runner: Runner) -> None:
    (runner.folder / "a.py").write_text("x = 1\n")
    assert runner.run("check") == 0, runner.told


def test_inputs_are_words_not_shell(runner: Runner) -> None:
    runner.inputs = {"paths": "$(touch made)\n`touch made`\n; touch made"}
    assert runner.run("check") == 2
    assert not (runner.folder / "made").exists()


def test_what_is_set_aside_is_not_uploaded(runner: Runner) -> None:
    (runner.folder / "a.py").write_text(ASK + ASK.splitlines()[2] + "  # oailint: ignore[OAI102]\n")
    assert runner.run("check") == 1, runner.told
    assert runner.run("select") == 0, runner.told
    kept, uploaded = (
        json.loads(Path(runner.outputs[f"steps.{name}.outputs.sarif-file"]).read_text())["runs"][0]["results"]
        for name in ("check", "select")
    )
    assert (len(kept), len(uploaded)) == (2, 1)
    assert not uploaded[0].get("suppressions")


def test_inputs_reach_scripts_by_the_environment_only(action: dict[str, Any]) -> None:
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.mark.registry
def test_it_installs_into_an_environment_of_its_own(runner: Runner) -> None:
    runner.inputs = {"python": sys.executable}
    assert runner.run("install") == 0, runner.told
    scripts = Path(runner.outputs["steps.install.outputs.scripts"])
    assert scripts.is_relative_to(runner.home)
    (runner.folder / "a.py").write_text(ASK)
    assert runner.run("check") == 1, runner.told
    runner.inputs = {"python": "false"}
    assert runner.run("install") != 0
