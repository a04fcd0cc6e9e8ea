"""What a run produces: findings, problems, and the plans and edits that repair them. Values only."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from oailint.facts import Span


class Severity(enum.IntEnum):
    """How bad a finding is. ``str(Severity.ERROR)`` is ``"error"``; comparisons follow the badness."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


class Confidence(enum.IntEnum):
    """How sure the analysis is."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()


class Safety(enum.IntEnum):
    """Whether a fix may be applied unasked. ``DISPLAY`` is shown and never applied."""

    DISPLAY = 1
    UNSAFE = 2
    SAFE = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, order=True)
class Location:
    """A place in a file: ``path`` as the project knows it, and a span."""

    path: str
    span: Span


@dataclass(frozen=True)
class Related:
    """Another place that a finding speaks of, with what happens there. A header line or an expression, never a
    block."""

    location: Location
    message: str


@dataclass(frozen=True)
class Edit:
    """Replace the text of ``location`` by ``content``."""

    location: Location
    content: str


@dataclass(frozen=True)
class Fix:
    """A repair of a finding, ready to be shown or applied."""

    safety: Safety
    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Finding:
    """One fault at one place.

    ``subject`` is what the fault is about (the call, the text, the key's use), free of positions: it makes the
    fingerprint. ``masks`` are spans of the same file whose text no report may show.
    """

    code: str
    name: str
    family: str
    severity: Severity
    confidence: Confidence
    message: str
    location: Location
    subject: str
    related: tuple[Related, ...] = ()
    help: str = ""
    fix: Fix | None = None
    fingerprint: str = ""


@dataclass(frozen=True)
class Problem:
    """Something that kept the run from doing its work on one file (or on the whole: ``path`` is then empty)."""

    path: str
    line: int
    column: int
    message: str


@dataclass
class Statistics:
    """Figures of a run."""

    files: int = 0
    suppressed: int = 0
    baselined: int = 0
    fixed: int = 0


@dataclass
class Report:
    """What a run found. ``findings`` are sorted by path and place; ``suppressed`` were silenced in the source;
    ``notes`` are what ``--verbose`` tells (files skipped, verdicts explained)."""

    findings: list[Finding] = field(default_factory=list)
    suppressed: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    statistics: Statistics = field(default_factory=Statistics)
