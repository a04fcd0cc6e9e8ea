"""Virtual environments with one version of ``openai`` each, made once and shared by processes."""

from __future__ import annotations

import contextlib
import fcntl
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

LIBRARIES = ("tenacity==9.2.1", "stamina==26.1.0", "backoff==2.2.1")
# openai 1.30 hands an argument to httpx that 0.28 no longer knows.
VERSIONS = {
    "3.54.0": (),
    "2.54.0": ("httpx==0.28.1",),
    "1.109.1": ("httpx==0.28.1",),
    "1.30.5": ("httpx==0.27.2",),
    "0.28.1": (),
}


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock that ``path`` names; other processes wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def python(version: str, folder: Path) -> Path:
    """The interpreter of the environment for ``version`` in ``folder``, made if it is not there.

    Raises RuntimeError, with what pip said, if that fails.
    """
    target = folder / f"openai-{version}"
    interpreter = target / "bin" / "python"
    ready = target / "ready"
    with locked(folder / f"openai-{version}.lock"):
        if not ready.exists():
            venv.create(target, with_pip=False, clear=True)
            options = ["--quiet", "--no-input", "--disable-pip-version-check"]
            packages = [f"openai=={version}", *VERSIONS[version], *LIBRARIES]
            command = [sys.executable, "-m", "pip", "--python", str(interpreter), "install", *options, *packages]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"no environment for openai {version}:\n{done.stderr}")
            ready.touch()
    return interpreter
