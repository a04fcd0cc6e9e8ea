"""What oailint is compared with: programs at fixed versions, in environments of their own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tool:
    """A package, and its command line for the current folder."""

    package: str
    version: str
    arguments: tuple[str, ...]
    program: str = ""

    @property
    def shown(self) -> str:
        """The command as one would type it."""
        return " ".join((self.program or self.package, *self.arguments))


RUFF = Tool("ruff", "0.17.6", ("check", "--isolated", "--no-cache", "--select", "E711", "."))
"""One rule on the syntax tree: what it takes to read and parse everything in Rust."""

PEERS = (
    Tool("llmdoctor", "0.2.5", ("doctor", ".")),
    Tool("overllm", "0.7.0", (".",)),
    Tool("agentguard-lint", "0.3.1", (".",), program="agentguard"),
)
"""Linters of calls to models, written in Python."""


class NotInstalled(Exception):
    """A tool cannot be had; the message says why, in one line."""


def install(tool: Tool, cache: Path) -> Path:
    """The program of ``tool``, installed into a folder of ``cache`` unless it is there. Raises NotInstalled."""
    folder = cache / f"{tool.package}-{tool.version}"
    program = folder / "bin" / (tool.program or tool.package)
    if program.exists():
        return program
    cache.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)  # what is left of an attempt that was cut off
    try:
        _call(sys.executable, "-m", "venv", str(folder))
        requirement = f"{tool.package}=={tool.version}"
        _call(str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input", requirement)
        if not program.exists():
            raise NotInstalled(f"cannot be installed: it has no program {program.name}")
    except NotInstalled:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return program


def install_own(root: Path, folder: Path) -> Path:
    """The program of the package in ``root``, installed into the new environment ``folder`` as its users have it:
    built, and compiled to bytecode. Raises NotInstalled."""
    _call(sys.executable, "-m", "venv", str(folder))
    _call(str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input", str(root))
    return folder / "bin" / "oailint"


def python_of(program: Path) -> Path:
    """The interpreter of the environment that ``program`` is installed in."""
    return program.parent / "python"


def version_of(package: str, program: Path) -> str:
    """The version of ``package`` in the environment that ``program`` is installed in."""
    code = f"import importlib.metadata; print(importlib.metadata.version({package!r}))"
    command = [str(python_of(program)), "-I", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _call(*command: str) -> None:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    with tempfile.TemporaryDirectory() as elsewhere:  # `-m` looks into the current folder first
        done = subprocess.run(
            command, cwd=elsewhere, env=environment, capture_output=True, text=True, check=False, errors="replace"
        )
    if done.returncode:
        told = [line for line in (done.stderr or done.stdout).splitlines() if line.startswith("ERROR")]
        reason = told[-1].removeprefix("ERROR: ") if told else f"status {done.returncode}"
        raise NotInstalled(f"cannot be installed: {reason}")


def without_places(text: str, *folders: Path) -> str:
    """``text`` without addresses and without folders of this machine."""
    for folder in sorted(map(str, folders), key=len, reverse=True):
        text = text.replace(folder, "...")
    text = re.sub(r"\b\w+://\S+", "(an address)", text)
    return re.sub(r"(?<![\w.])(?:/[\w.@+-]+){2,}/?", "(a path)", text)
