"""OAI401: requests in a loop over work, one after the other, with nothing that slows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oailint.findings import Finding, Severity
from oailint.rules.base import Rule
from oailint.rules.loop_wording import names, related
from oailint.rules.plans import back_off

if TYPE_CHECKING:
    from oailint.project.meaning import Project


HELP = (
    "slow the loop down (sleep 60 / RPM seconds, or a rate limiter), or wrap the request with backoff; "
    "embeddings take a list as `input`, offline work fits the Batch API"
)


class UnthrottledLoop(Rule):
    """Sequential work loops, in the request's function or in a caller."""

    code = "OAI401"
    name = "unthrottled-loop"
    family = "throttling"
    summary = "requests in a loop over work, one after the other, with no throttle and no real backoff"
    severity = Severity.WARNING
    fixable = True

    def check(self, project: Project) -> Iterator[Finding]:
        for loop in project.loops:
            if loop.kind == "sequential":
                message = f"{loop.how} sends {names(loop)} at every turn with nothing that slows it down"
                plan, unfixable = back_off([reached.request for reached in loop.requests])
                yield self.finding(
                    loop.location,
                    message,
                    subject=loop.how,  # which requests it reaches depends on code far from it
                    confidence=loop.confidence,
                    related=related(loop),
                    help=HELP,
                    plan=plan,
                    unfixable=unfixable,
                )
