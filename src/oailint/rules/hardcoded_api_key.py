"""OAI301: a key in the source."""

from __future__ import annotations

from collections.abc import Iterator

from oailint.findings import Finding, Severity
from oailint.project import Project
from oailint.rules.base import Rule

HELP = (
    "revoke the key (whoever has the repository has it), and read it from the environment: the client does so by itself"
)


class HardcodedApiKey(Rule):
    """Literals that are used as an OpenAI key, or that have the shape of one. The key itself is never shown."""

    code = "OAI301"
    name = "hardcoded-api-key"
    family = "secrets"
    summary = "a key in the source"
    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Finding]:
        for key in project.keys:
            message = f"a key is written in the source: {key.shown}, {key.use}"
            yield self.finding(key.location, message, subject=key.use, confidence=key.confidence, help=HELP)
