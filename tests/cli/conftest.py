"""A way to run the command, on a small engine in the place of the real rules."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import jsonschema
import pytest
from fakes import FAKE_RULES, FakeProject

import oailint.project.meaning
import oailint.rules
import oailint.screening
from oailint import cli, schemas
from oailint.facts import Broken, FileFacts
from oailint.project.components import Parts


@dataclass(frozen=True)
class Ran:
    code: object
    out: str
    err: str
    lines: list[str] = field(default_factory=list)


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Fake rules, an empty home, and an empty working directory."""
    monkeypatch.setattr(oailint.rules, "RULES", FAKE_RULES, raising=False)

    def link(files: Mapping[str, FileFacts | Broken], config: object, **_: object) -> FakeProject:
        return FakeProject(files, config)

    def divide(imports: Mapping[str, object], roots: object) -> Parts:
        return Parts([list(imports)] if imports else [], True)

    monkeypatch.setattr(oailint.project.meaning, "link", link, raising=False)
    monkeypatch.setattr(
        sys.modules["oailint.project.components"], "divide", divide
    )  # fake projects are not parted by imports
    # What these rules look for does not speak of OpenAI.
    monkeypatch.setattr(oailint.screening.Screen, "passed_over", lambda screen, broken: set())
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("LOCALAPPDATA", str(home))
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "NO_COLOR", "FORCE_COLOR", "OAILINT_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def child_environment() -> dict[str, str]:
    """The environment of a child process that imports this oailint, wherever it runs."""
    return {**os.environ, "PYTHONPATH": str(Path(oailint.__file__).parents[1])}


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process."""

    def invoke(*words: str) -> Ran:
        capfd.readouterr()
        with pytest.raises(SystemExit) as stopped:
            cli.main(words)
        out, err = capfd.readouterr()
        if {"json", "--output-format"} < set(words) and {"--statistics", "--rules"}.isdisjoint(words) and out:
            jsonschema.validate(json.loads(out), schemas.report_schema())
        return Ran(stopped.value.code, out, err, out.splitlines())

    return invoke
