"""OAI001: a file that Python cannot read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oailint.facts import Span
from oailint.findings import Finding, Location, Severity
from oailint.rules.base import Rule

if TYPE_CHECKING:
    from oailint.project.meaning import Project


class InvalidSyntax(Rule):
    """Reports files that CPython rejects too; what only oailint cannot read is a problem of the run, not a finding."""

    code = "OAI001"
    name = "invalid-syntax"
    family = "files"
    summary = "a file that cannot be parsed, at the place where it breaks"
    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Finding]:
        for path, broken in sorted(project.broken.items()):
            if broken.rejected:
                span = Span(broken.line, broken.column, broken.line, broken.column + 1)
                help = "nothing in this file was checked"
                yield self.finding(Location(path, span), broken.reason, subject="file", help=help)
