"""OAI102: only the SDK's default retries stand between a request and a rate limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oailint.findings import Finding, Severity
from oailint.rules import wording
from oailint.rules.base import Rule
from oailint.rules.plans import back_off

if TYPE_CHECKING:
    from oailint.project.meaning import Project


HELP = (
    "set `max_retries=6` on the client (waits about 20 s), or wrap the request with backoff that outlives a minute "
    "and stops on quota errors"
)


class DefaultRetriesOnly(Rule):
    """Requests of SDK 1.x and later on a client nobody configured, under no retry layer of the project."""

    code = "OAI102"
    name = "default-retries-only"
    family = "retry"
    summary = "only the SDK's default two retries, about 1.5 s of waiting, stand between this request and a rate limit"
    severity = Severity.WARNING
    fixable = True

    def check(self, project: Project) -> Iterator[Finding]:
        for request in project.requests:
            if request.retry != "default":
                continue
            where = " while an unthrottled loop sends it again and again" if request.in_loop else ""
            message = (
                f"{wording.what(request)} relies on the SDK's default 2 retries, which wait about 1.5 s in all{where}"
                f"{wording.tail(request)}"
            )
            plan, unfixable = back_off([request])
            yield self.finding(
                request.location, message, subject=request.method, confidence=request.confidence, related=request.path,
                severity=Severity.WARNING if request.in_loop else Severity.INFO, help=HELP,
                plan=plan, unfixable=unfixable,
            )  # fmt: skip
