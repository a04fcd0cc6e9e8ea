"""Which plans the configured form of backoff can carry out, as far as the plans alone tell."""

from __future__ import annotations

from msgspec.structs import replace

from oailint.findings import BackOff, Finding


def misfit(change: BackOff, form: str) -> str:
    """Why a request cannot be put under backoff of the form ``form``; empty if it can."""
    if form != "sdk":
        return ""
    if change.api == "v0":
        return "SDK 0.x has no retries of its own to raise"
    if change.quiet == "already" and change.constructor is None:
        return "the client is not made where its retries could be raised"
    return ""


def fitted(finding: Finding, form: str) -> Finding:
    """``finding`` without its plan, and with the reason, if backoff of the form ``form`` cannot carry it out."""
    if finding.plan is None:
        return finding
    reasons = (misfit(change, form) for change in finding.plan.changes if isinstance(change, BackOff))
    reason = next(filter(None, reasons), "")
    return replace(finding, plan=None, unfixable=reason) if reason else finding
