"""A repository with the hooks, installed by pre-commit once, and repositories that use them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALLED = ("src", "rules", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")


def environment(home: Path) -> dict[str, str]:
    """One in which git and pre-commit see nothing of this machine's settings, nor of a hook that runs these tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "A"), ("EMAIL", "a@example.org"), ("DATE", "2026-01-01T00:00:00Z"))
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    cache = {"XDG_CACHE_HOME": str(home / "cache"), "PRE_COMMIT_HOME": str(home / "pre-commit")}
    return {**kept, **who, **cache, "PATH": path, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@dataclass(frozen=True)
class Done:
    """How a command ended, and all that it printed."""

    status: int
    text: str


@dataclass(frozen=True)
class Repository:
    """A git repository in ``folder``."""

    folder: Path
    env: dict[str, str]

    def run(self, *command: str, check: bool = True) -> Done:
        """Run a command in the folder."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert not check or done.returncode == 0, done.stdout
        return Done(done.returncode, done.stdout)

    def write(self, **texts: str) -> None:
        """Write modules, by their names."""
        for name, text in texts.items():
            (self.folder / f"{name}.py").write_text(text)

    def read(self, name: str) -> str:
        """The text of a file on disk."""
        return (self.folder / name).read_text()

    def commit(self) -> Done:
        """Try to commit what is staged."""
        return self.run("git", "commit", "--quiet", "-m", "A change", check=False)

    def staged(self, name: str) -> str:
        """The text of a file in the index."""
        return self.run("git", "show", f":{name}").text


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
