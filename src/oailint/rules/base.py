"""What a rule is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from oailint.findings import Confidence, Finding, FixPlan, Location, Related, Severity

if TYPE_CHECKING:
    from oailint.project.meaning import Project


class Rule(ABC):
    """One kind of fault. A rule asks a linked project; it never looks at syntax."""

    code: ClassVar[str]
    name: ClassVar[str]
    family: ClassVar[str]
    summary: ClassVar[str]
    severity: ClassVar[Severity]
    confidence: ClassVar[Confidence] = Confidence.HIGH
    """The highest confidence that its findings have."""
    fixable: ClassVar[bool] = False

    @abstractmethod
    def check(self, project: Project) -> Iterator[Finding]:
        """The findings of this rule in a project; paths are the project's."""

    def finding(
        self, location: Location, message: str, *, subject: str, confidence: Confidence | None = None,
        severity: Severity | None = None, related: tuple[Related, ...] = (), help: str = "",
        plan: FixPlan | None = None, unfixable: str = "",
    ) -> Finding:  # fmt: skip
        """A finding of this rule."""
        return Finding(
            self.code,
            self.name,
            self.family,
            severity or self.severity,
            confidence or self.confidence,
            message,
            location,
            subject,
            related,
            help,
            plan,
            unfixable,
        )
