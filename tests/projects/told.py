"""What linking says of a small project, as text: requests with their verdicts, loops with their chains,
text tests, keys.

A project is a folder ``tests/projects/IDIOM/fault`` or ``tests/projects/IDIOM/near_miss``; what is said of it stands in
its ``expected.txt``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from oailint.config import Config
from oailint.facts import Broken, FileFacts
from oailint.findings import Location, Related
from oailint.project.meaning import Project, link
from oailint.rules import RULES
from oailint.syntax.extract import extract

FOLDER = Path(__file__).parent
EXPECTED = "expected.txt"


def projects() -> list[Path]:
    """The folders of all projects, in order."""
    return sorted(path for kind in ("fault", "near_miss") for path in FOLDER.glob(f"*/{kind}"))


def linked(folder: Path) -> Project:
    """The project in ``folder``, linked with the defaults of the configuration."""
    files: dict[str, FileFacts | Broken] = {}
    for path in sorted(folder.rglob("*.py")):
        files[path.relative_to(folder).as_posix()] = extract(path.read_text(encoding="utf-8"))
    return link(files, Config())


def told(project: Project) -> str:
    """The verdicts as text, a paragraph for each request, loop, test and key."""
    parts = [*_requests(project), *_loops(project), *_others(project)]
    return "\n".join("\n".join(part) for part in parts) + "\n"


def codes(project: Project) -> set[str]:
    """The codes of the rules that find something."""
    return {finding.code for rule in RULES for finding in rule.check(project)}


def _at(location: Location) -> str:
    return f"{location.path}:{location.span.line}"


def _chain(related: Iterable[Related]) -> Iterator[str]:
    for one in related:
        yield f"    {_at(one.location)} {one.message}"


def _requests(project: Project) -> Iterator[list[str]]:
    for one in project.requests:
        retried = [note for note in one.notes if note.startswith("retried by")]
        partly = ", on some ways only" if one.partly and one.retry in ("default", "none") else ""
        verdict = "; ".join([f"retry {one.retry}{partly}", *retried])
        yield [f"request {_at(one.location)} {one.written} ({one.sdk}, {one.confidence}): {verdict}", *_chain(one.path)]


def _loops(project: Project) -> Iterator[list[str]]:
    for loop in project.loops:
        lines = [f"loop {_at(loop.location)} {loop.kind} ({loop.how}, {loop.confidence})"]
        for reached in loop.requests:
            lines.append(f"  sends {_at(reached.request.location)} {reached.request.written}")
            lines += _chain(reached.chain)
        yield lines


def _others(project: Project) -> Iterator[list[str]]:
    for test in project.tests:
        texts = ", ".join(repr(text) for text in test.texts)
        yield [f"text {_at(test.location)} {texts} ({test.source}, {test.confidence}), caught at {_at(test.handler)}"]
    for key in project.keys:
        yield [f"key {_at(key.location)} {key.shown}: {key.use} ({key.confidence})"]
