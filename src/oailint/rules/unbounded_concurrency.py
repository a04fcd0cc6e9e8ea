"""OAI402: requests fanned out with no bound."""

from __future__ import annotations

from collections.abc import Iterator

from oailint.findings import Finding, Severity
from oailint.project import Project
from oailint.rules.base import Rule
from oailint.rules.loop_wording import names, related

HELP = (
    "bound the concurrency: an `asyncio.Semaphore` inside each coroutine, `max_workers=` on the pool, "
    "or batches of a fixed size"
)


class UnboundedConcurrency(Rule):
    """Tasks, threads or pool jobs, one for each item of work, as many at once as there are items."""

    code = "OAI402"
    name = "unbounded-concurrency"
    family = "throttling"
    summary = "requests fanned out with no bound"
    severity = Severity.WARNING

    def check(self, project: Project) -> Iterator[Finding]:
        for loop in project.loops:
            if loop.kind == "concurrent":
                message = f"{loop.how} starts {names(loop)} for every item at once; retries do not bound it"
                yield self.finding(
                    loop.location,
                    message,
                    subject=names(loop),
                    confidence=loop.confidence,
                    related=related(loop),
                    help=HELP,
                )
