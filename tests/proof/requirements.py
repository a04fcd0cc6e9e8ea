"""What each form of the fix promises, and where a result falls short of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from measuring import OLD_API, UNFIXED, Case, Run
from scenarios import ANNOUNCED, PERMANENT, QUOTA, TRANSIENT, WINDOWS

MOST_REQUESTS = 8
Results = Mapping[str, list[Run]]


def survived(case: Case) -> set[str]:
    """The scenarios in which the fixed program must get its answer."""
    promised = set(TRANSIENT)
    if case.form == "backoff":
        return promised - set(WINDOWS) - set(ANNOUNCED)
    if case.form == "sdk":
        return promised - set(WINDOWS) - too_long_for_sdk(case)
    return promised


def honoured(case: Case) -> set[str]:
    """The scenarios in which no request may come before the time that the server has told."""
    if case.form == "backoff":
        return set()
    return set(ANNOUNCED) - (too_long_for_sdk(case) if case.form == "sdk" else set())


def too_long_for_sdk(case: Case) -> set[str]:
    """Before 2.52 the SDK took no notice of waits above 60 seconds."""
    version = tuple(int(part) for part in case.version.split("."))
    return {"Retry-After 90"} if version < (2, 52) else set()


def failures(case: Case, after: Results, before: Results) -> list[str]:
    """What is wrong in the results of ``case``, given those of the program as it was."""
    if case.form == UNFIXED:
        return []
    checks = (_healthy, _permanent, _endless, _transient, _announced, _unchanged)
    return [f"{' '.join(case)}: {problem}" for check in checks for problem in check(case, after, before)]


def _healthy(case: Case, after: Results, before: Results) -> Iterator[str]:
    for now, then in zip(after["healthy"], before["healthy"], strict=True):
        if (now.requests, now.output, now.error) != (then.requests, then.output, then.error) or now.seconds:
            yield "a healthy server sees other requests, or the program prints something else"


def _permanent(case: Case, after: Results, before: Results) -> Iterator[str]:
    for name in PERMANENT:
        for now, then in zip(after[name], before[name], strict=True):
            if len(now.asked) != 1 and not (case.form == "sdk" and name in QUOTA):
                yield f"{name} costs {len(now.asked)} requests"
            if now.error is None or now.error != then.error:
                yield f"{name} ends in {now.error}, which was {then.error}"


def _endless(case: Case, after: Results, before: Results) -> Iterator[str]:
    original = "openai.error.RateLimitError" if case.version == OLD_API else "openai.RateLimitError"
    for run in after["429 for ever"]:
        if not 1 < len(run.asked) <= MOST_REQUESTS:
            yield f"429 for ever costs {len(run.asked)} requests"
        if run.error != original:
            yield f"429 for ever ends in {run.error}"


def _transient(case: Case, after: Results, before: Results) -> Iterator[str]:
    for name in sorted(survived(case)):
        for run in after[name]:
            if run.error or run.output != before["healthy"][0].output:
                yield f"{name} is not survived: {run.error} after {len(run.asked)} requests"


def _announced(case: Case, after: Results, before: Results) -> Iterator[str]:
    for name in sorted(honoured(case)):
        for run in after[name]:
            if len(run.asked) != 2 or run.times[1] < ANNOUNCED[name]:
                yield f"{name} is not honoured: requests at {run.times}"


def _unchanged(case: Case, after: Results, before: Results) -> Iterator[str]:
    expected = before["healthy"][0].requests[0]
    for name, runs in after.items():
        if any(request != expected for run in runs for request in run.requests):
            yield f"{name}: a repeated request is not the same request"
