"""A small engine in the place of the real rules, and a way to run the command."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import oailint.project
import oailint.rules
import oailint.screening
from oailint import cli
from oailint.facts import Broken, Call, Define, Evaluate, FileFacts, Masked, Name, Span
from oailint.findings import Confidence, Finding, Location, Related, Severity


@dataclass
class FakeProject:
    files: Mapping[str, FileFacts | Broken]
    config: object

    def explain(self, paths: object, show: object = str) -> list[str]:
        return [f"linked {len(self.files)} files"]

    def calls(self, function: str) -> Iterator[tuple[str, Span]]:
        """Calls of a plain name that are statements, by path."""
        for path, facts in self.files.items():
            for scope in facts.scopes if isinstance(facts, FileFacts) else ():
                for statement in scope.statements:
                    value = statement.value if isinstance(statement, Evaluate) else None
                    if isinstance(value, Call) and value.func == Name(function):
                        yield path, value.span

    def definition(self, function: str) -> Location | None:
        for path, facts in self.files.items():
            for statement in facts.scopes[0].statements if isinstance(facts, FileFacts) else ():
                if isinstance(statement, Define) and facts.scopes[statement.scope].name == function:
                    return Location(path, statement.span)
        return None


@dataclass(frozen=True)
class FakeRule:
    code: str
    name: str
    family: str
    severity: Severity
    find: Callable[[FakeProject], Iterator[tuple[str, Span, str, str, tuple[Related, ...]]]]
    confidence: Confidence = Confidence.HIGH
    fixable: bool = False
    summary: str = "what it finds"

    def check(self, project: FakeProject) -> Iterator[Finding]:
        for path, span, subject, message, related in self.find(project):
            place = Location(path, span)
            yield Finding(
                self.code, self.name, self.family, self.severity, self.confidence, message, place, subject, related
            )


def invalid_syntax(project: FakeProject) -> Iterator[tuple[str, Span, str, str, tuple[Related, ...]]]:
    for path, facts in project.files.items():
        if isinstance(facts, Broken) and facts.rejected:
            yield path, Span(facts.line, facts.column, facts.line, facts.column + 1), "syntax", facts.reason, ()


def requests(project: FakeProject) -> Iterator[tuple[str, Span, str, str, tuple[Related, ...]]]:
    for path, span in project.calls("request"):
        yield path, span, "request", "nothing retries `request`", ()


def keys(project: FakeProject) -> Iterator[tuple[str, Span, str, str, tuple[Related, ...]]]:
    for path, facts in project.files.items():
        for scope in facts.scopes if isinstance(facts, FileFacts) else ():
            for statement in scope.statements:
                value = getattr(statement, "value", None)
                if isinstance(value, Masked):
                    yield path, value.span, "key", "a key in the source", ()


def shared(project: FakeProject) -> Iterator[tuple[str, Span, str, str, tuple[Related, ...]]]:
    """A finding that takes two files: a call here of a function that is defined elsewhere."""
    where = project.definition("shared")
    for path, span in project.calls("shared"):
        if where is not None and where.path != path:
            yield path, span, "shared", "reaches a request", (Related(where, "sent here"),)


FAKE_RULES = (
    FakeRule("OAI001", "invalid-syntax", "files", Severity.ERROR, invalid_syntax),
    FakeRule("OAI002", "unused-suppression", "files", Severity.INFO, lambda project: iter(())),
    FakeRule("OAI101", "missing-retry", "retry", Severity.ERROR, requests),
    FakeRule("OAI301", "hardcoded-api-key", "secrets", Severity.ERROR, keys, Confidence.LOW),
    FakeRule("OAI401", "unthrottled-loop", "throttling", Severity.WARNING, shared),
)


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

    def link(files: Mapping[str, FileFacts | Broken], config: object, *, explain: bool = False) -> FakeProject:
        return FakeProject(files, config)

    monkeypatch.setattr(oailint.project, "link", link, raising=False)
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
        return Ran(stopped.value.code, out, err, out.splitlines())

    return invoke
