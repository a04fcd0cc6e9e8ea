"""A small engine in the place of the real rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

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
