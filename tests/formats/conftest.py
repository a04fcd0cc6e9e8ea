"""Reports made by hand, and a way to run the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from oailint import cli

CI_VARIABLES = (
    "GITHUB_STEP_SUMMARY", "GITHUB_REPOSITORY", "GITHUB_SHA", "GITHUB_SERVER_URL", "GITHUB_WORKSPACE",
    "CI_PROJECT_URL", "CI_COMMIT_SHA", "CI_PROJECT_DIR", "XDG_CACHE_HOME", "NO_COLOR", "FORCE_COLOR",
)  # fmt: skip


@dataclass(frozen=True)
class Ran:
    code: object
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No CI around, an empty working directory, and a cache of its own."""
    for name in CI_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OAILINT_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process."""

    def invoke(*words: str) -> Ran:
        capfd.readouterr()
        with pytest.raises(SystemExit) as stopped:
            cli.main(words)
        out, err = capfd.readouterr()
        return Ran(stopped.value.code, out, err)

    return invoke
