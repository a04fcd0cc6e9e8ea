"""A repository with the hooks, installed by pre-commit once, and repositories that use them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from repositories import Repository, environment

ROOT = Path(__file__).parents[2]
INSTALLED = ("src", "rules", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")


@pytest.fixture(scope="session")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that holds oailint with its hooks, the same for all processes of a run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made = tmp_path_factory.mktemp("hooks")
    for name in INSTALLED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, made / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, made / name)
    repository = Repository(made, environment(shared))
    repository.run("git", "init", "--quiet")
    repository.run("git", "add", "--all")
    repository.run("git", "commit", "--quiet", "-m", "oailint")
    target = shared / "oailint-with-hooks"
    try:
        made.rename(target)
    except OSError:  # another process was faster, with the same content
        assert target.is_dir()
    return target


@pytest.fixture
def repository(hooks: Path, tmp_path: Path) -> Repository:
    """An empty repository; ``use`` puts the hooks in force."""
    made = Repository(tmp_path, environment(hooks.parent))
    made.run("git", "init", "--quiet")
    return made
