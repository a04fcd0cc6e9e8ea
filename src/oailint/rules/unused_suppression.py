"""OAI002: a suppression that suppresses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oailint.findings import Finding, Severity
from oailint.rules.base import Rule

if TYPE_CHECKING:
    from oailint.project.meaning import Project


class UnusedSuppression(Rule):
    """Which suppressions are unused is known only after all rules have run: ``oailint.suppressions`` makes these
    findings."""

    code = "OAI002"
    name = "unused-suppression"
    family = "files"
    summary = "a suppression that suppresses nothing"
    severity = Severity.INFO
    fixable = True

    def check(self, project: Project) -> Iterator[Finding]:
        return iter(())
