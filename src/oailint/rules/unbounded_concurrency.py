"""OAI402: requests fanned out with no bound."""

from __future__ import annotations

from collections.abc import Iterator

from oailint.findings import Finding, FixPlan, SetArgument, Severity
from oailint.project import Project
from oailint.project.model import WorkLoop
from oailint.rules.base import Rule
from oailint.rules.loop_wording import names, related

HELP = (
    "bound the concurrency: an `asyncio.Semaphore` inside each coroutine, `max_workers=` on the pool, "
    "or batches of a fixed size"
)

WORKERS = 8
"""Requests at once that a pool is bounded to: enough to hide the time that each takes, and at a second or two each no
more than the few hundred a minute that the lower usage tiers allow."""
NO_POOL = (
    "the bound belongs inside of what runs at once (`async with semaphore:` around the request), "
    "or the work in batches: no single expression gives it"
)


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
                    unfixable="" if loop.pool is not None else NO_POOL,
                )


def plan_for(loop: WorkLoop) -> FixPlan | None:
    """The plan that gives a pool a size. Never safe: how many requests a rate limit allows at once is not known."""
    if loop.pool is None:
        return None
    change = SetArgument(loop.pool.constructor, loop.pool.keyword, str(WORKERS))
    return FixPlan(f"bound the pool: `{change.keyword}={change.value}`", (change,))
