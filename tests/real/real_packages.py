"""Published packages that call OpenAI: fetching them, unpacking them, and what oailint says of each, as text."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import oailint
from oailint.config import Config
from oailint.findings import Finding, Report

LISTS = Path(__file__).parent / "findings"
WRONG = "  # wrong: "
MISSED = "# missed: "

PACKAGES = (
    "aisuite==0.2.0",
    "alpaca-eval==0.6.6",
    "autoevals==0.4.1",
    "bertopic==0.17.4",
    "chatdev==0.1.0",
    "embedchain==0.1.128",
    "evalplus==0.3.1",
    "fschat==0.2.36",
    "garak==0.17.1",
    "gpt-engineer==0.3.1",
    "gpt-index==0.5.0",
    "gpt-researcher==0.15.1",
    "gptcache==0.1.44",
    "guidance==0.1.16",
    "instructor==1.17.0",
    "keybert==0.9.0",
    "knowledge-storm==1.1.1",
    "langchain-openai==1.7.4",
    "langroid==0.69.16",
    "llama-index-llms-openai==0.8.3",
    "llm==0.36",
    "magentic==0.41.1",
    "mem0ai==2.2.1",
    "openlrc==1.6.3",
    "pandasai==2.4.2",
    "pdf2zh==1.9.11",
    "podcastfy==0.4.3",
    "promptflow-tools==1.6.1",
    "pyautogen==0.2.35",
    "semantic-router==1.1.1",
    "shell-gpt==1.5.1",
    "spacy-llm==0.7.4",
    "textgrad==0.1.8",
)


def list_of(package: str) -> Path:
    """The checked-in list of a package's findings."""
    return LISTS / f"{package.replace('==', '-')}.txt"


# --- from the registry to a folder ------------------------------------------------------------


def fetch(package: str, cache: Path) -> Path:
    """The archive of ``package``, a wheel where there is one, downloaded unless ``cache`` has it.

    Raises RuntimeError, with what pip said, if it cannot be had.
    """
    folder = cache / package.replace("==", "-")
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as temporary:
            arriving = Path(temporary, "arriving")
            options = ["--no-deps", "--ignore-requires-python", "--disable-pip-version-check", "--no-input", "--quiet"]
            command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(arriving), package]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"cannot fetch {package}:\n{done.stderr}")
            _put(arriving, folder)
    [archive] = folder.iterdir()
    return archive


def _put(arriving: Path, folder: Path) -> None:
    try:
        os.replace(arriving, folder)
    except OSError:  # another process was faster
        if not folder.exists():
            raise


def unpack(archive: Path, folder: Path) -> None:
    """Write the Python files of a wheel or source archive below ``folder``, and nothing outside it."""
    for name, content in _members(archive):
        path = PurePosixPath(name)
        if path.suffix != ".py":
            continue
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
            raise ValueError(f"{archive.name} has a file that would land elsewhere: {name}")
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for entry in wheel.infolist():
                if not entry.is_dir():
                    yield entry.filename, wheel.read(entry)
        return
    with tarfile.open(archive) as source:
        for member in source:
            content = source.extractfile(member) if member.isfile() else None
            if content is not None:
                yield member.name.partition("/")[2], content.read()


# --- from a folder to lines -------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """What a run over a package gave: its lines as in a list, and figures to print."""

    lines: list[str]
    files: int
    source_lines: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.files} files, {self.source_lines} lines, {self.seconds:.1f} s, {len(self.lines)} findings"


def check(package: str, cache: Path, work: Path) -> Checked:
    """Fetch, unpack and lint ``package`` in the empty folder ``work``, starting from no facts."""
    root = work / "package"
    unpack(fetch(package, cache), root)
    (root / "pyproject.toml").write_text("")  # makes the folder a project, wherever it lies
    paths = list(root.rglob("*.py"))
    count = sum(path.read_bytes().count(b"\n") for path in paths)
    before = os.getcwd()
    os.chdir(root)
    try:
        start = time.perf_counter()
        report = oailint.lint(["."], config=Config(cache_dir=str(work / "facts")))
        seconds = time.perf_counter() - start
    finally:
        os.chdir(before)
    shutil.rmtree(root)
    return Checked(lines(report), len(paths), count, seconds)


def lines(report: Report) -> list[str]:
    """The findings, and problems if there are any, as sorted lines."""
    found = [_line(finding) for finding in report.findings]
    problems = [f"problem {one.path}:{one.line}  {_head(one.message)}" for one in report.problems]
    return sorted([*found, *problems], key=_order)


def _line(finding: Finding) -> str:
    return f"{finding.code} {finding.location.path}:{finding.location.span.line}  {_head(finding.message)}"


def _head(message: str) -> str:
    """What a message is about; the explanation after it may be reworded without touching the lists."""
    head = re.split(r": |; | relies on | with nothing | for every item| decides what", message, maxsplit=1)[0]
    return " ".join(head.split())


def _order(line: str) -> tuple[str, int, str]:
    code, place, _ = line.split(" ", 2)
    path, _, number = place.rpartition(":")
    return path, int(number), code


# --- the checked-in lists ---------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """A list as it is checked in. ``wrong`` has the reasons of the lines that a reader found wrong, and ``missed``
    the remarks on what should have been found."""

    lines: list[str]
    wrong: dict[str, str]
    missed: list[str]


def read_list(package: str) -> Expected:
    """The checked-in list of ``package``; an empty one where there is none."""
    path = list_of(package)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found: list[str] = []
    wrong: dict[str, str] = {}
    missed = []
    for line in text.splitlines():
        if line.startswith(MISSED):
            missed.append(line)
            continue
        finding, mark, reason = line.partition(WRONG)
        found.append(finding)
        if mark:
            wrong[finding] = reason
    return Expected(found, wrong, missed)


def write_list(package: str, found: Iterable[str], known: Expected) -> None:
    """Write a list anew. Reasons stay with the lines they were given for; a remark on something missed goes when
    there is a finding of that rule at that place."""
    found = list(found)
    heads = {line.split("  ", 1)[0] for line in found}
    missed = [line for line in known.missed if " ".join(line.removeprefix(MISSED).split()[:2]) not in heads]
    out = [line + (WRONG + known.wrong[line] if line in known.wrong else "") for line in found]
    list_of(package).write_text("".join(f"{line}\n" for line in [*missed, *out]), encoding="utf-8")
