"""OAI402: requests fanned out with no bound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oailint.findings import Finding, FixPlan, Limit, SetArgument, Severity
from oailint.rules.base import Rule
from oailint.rules.loop_wording import names, related

if TYPE_CHECKING:
    from oailint.project.meaning import Project
    from oailint.project.model import WorkLoop


HELP = (
    "bound the concurrency: an `asyncio.Semaphore` inside each coroutine, `max_workers=` on the pool, "
    "or batches of a fixed size"
)

MOST = 8
"""Requests at once that a fan-out is bounded to: enough to hide the time that each takes, and at a second or two each
no more than the few hundred a minute that the lower usage tiers allow."""


class UnboundedConcurrency(Rule):
    """Tasks, threads or pool jobs, one for each item of work, as many at once as there are items."""

    code = "OAI402"
    name = "unbounded-concurrency"
    family = "throttling"
    summary = "requests fanned out with no bound"
    severity = Severity.WARNING
    fixable = True

    def check(self, project: Project) -> Iterator[Finding]:
        for loop in project.loops:
            if loop.kind == "concurrent":
                message = f"{loop.how} starts {names(loop)} for every item at once; retries do not bound it"
                yield self.finding(
                    loop.location,
                    message,
                    subject=loop.how,  # which requests it reaches depends on code far from it
                    confidence=loop.confidence,
                    related=related(loop),
                    help=HELP,
                    plan=plan_for(loop),
                    unfixable=loop.unfixable,
                )


def plan_for(loop: WorkLoop) -> FixPlan | None:
    """The plan that gives a pool a size, or coroutines a semaphore. Never safe: how many requests a rate limit allows
    at once is not known."""
    if loop.pool is not None:
        change = SetArgument(loop.pool.constructor, loop.pool.keyword, str(MOST))
        return FixPlan(f"bound the pool: `{change.keyword}={change.value}`", (change,))
    if loop.started is not None:
        limit = Limit(loop.started.coroutines, loop.started.before, MOST)
        return FixPlan(f"let at most {MOST} of the coroutines run at once, with a semaphore", (limit,))
    return None
