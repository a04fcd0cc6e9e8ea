"""Completion in shells, as their scripts ask for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from oailint.cli import FORMATS


def offers(words: str, environment: dict[str, str], cwd: Path) -> list[str]:
    """What is offered for the last of ``words``."""
    asked = {"_OAILINT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    done = subprocess.run(
        [sys.executable, "-m", "oailint"], cwd=cwd, env={**environment, **asked}, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("oailint --output-f", ["plain,--output-format", "plain,--output-file"]),
        ("oailint --output-format ", [f"plain,{name}" for name in FORMATS]),
        ("oailint --explain unt", ["plain,unthrottled-loop"]),
        ("oailint --select OAI101,oai4", ["plain,OAI101,OAI401", "plain,OAI101,OAI402"]),
        ("oailint --ignore thr", ["plain,throttling"]),
        ("oailint --baseline some", ["file,some"]),
        ("oailint some", ["file,some"]),
    ],
)
def test_what_is_offered(words: str, expected: list[str], child_environment: dict[str, str], tmp_path: Path) -> None:
    assert sorted(offers(words, child_environment, tmp_path)) == sorted(expected)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(shell: str, child_environment: dict[str, str], tmp_path: Path) -> None:
    environment = {**child_environment, "_OAILINT_COMPLETE": f"{shell}_source"}
    done = subprocess.run(
        [sys.executable, "-m", "oailint"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert "_OAILINT_COMPLETE" in done.stdout, done.stderr
    program = shutil.which(shell)
    if program is not None and os.name != "nt":
        checked = subprocess.run([program, "-n"], input=done.stdout, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
