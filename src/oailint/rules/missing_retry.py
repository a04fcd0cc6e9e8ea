"""OAI101: nothing at all retries a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oailint.findings import Finding, Severity
from oailint.rules import wording
from oailint.rules.base import Rule
from oailint.rules.plans import back_off

if TYPE_CHECKING:
    from oailint.project.meaning import Project
    from oailint.project.model import Request


class MissingRetry(Rule):
    """Requests of SDK 0.x, by raw HTTP, or with the SDK's own retries turned off, under no retry layer of the
    project."""

    code = "OAI101"
    name = "missing-retry"
    family = "retry"
    summary = "nothing at all retries this request"
    severity = Severity.ERROR
    fixable = True

    def check(self, project: Project) -> Iterator[Finding]:
        for request in project.requests:
            if request.retry == "none":
                message = f"nothing retries {wording.what(request)}: {self._why(request)}{wording.tail(request)}"
                plan, unfixable = back_off([request])
                yield self.finding(
                    request.location,
                    message,
                    subject=wording.about(request),
                    confidence=request.confidence,
                    related=request.path,
                    help=self._help(request),
                    plan=plan,
                    unfixable=unfixable,
                )

    def _why(self, request: Request) -> str:
        if request.retry_off:
            return "`max_retries=0` turns the SDK's own retries off and no layer around it retries"
        if request.sdk == "v0":
            return "SDK 0.x sends once, so the first 429 or 5xx is raised"
        if request.sdk == "http":
            return "raw HTTP sends once, so the first 429 or 5xx is final"
        if request.behaviour == "connect":
            return "the client's `max_retries` does not apply to a websocket's handshake"
        return "no layer around it retries"

    def _help(self, request: Request) -> str:
        if request.sdk == "http":
            return (
                "use the `openai` client, or repeat on 429 and 5xx with exponential backoff and jitter, "
                "honouring Retry-After"
            )
        if request.retry_off:
            return "give the client `max_retries=6`, or wrap the request with exponential backoff"
        return "wrap the request with exponential backoff and jitter; do not retry quota errors, nor 400 and 401"
