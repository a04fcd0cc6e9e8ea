"""Git repositories, and an environment for git and pre-commit."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


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
