"""What OpenAI may answer: for each request, from its number and the virtual seconds since the first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """A response, or none: ``drop`` closes the connection, ``silence`` leaves the client to its timeout."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    drop: bool = False
    silence: bool = False


Policy = Callable[[int, float], Answer]
OK = Answer()


def _error(status: int, message: str, code: str | None, kind: str | None, **headers: str) -> Answer:
    error = {"message": message, "type": kind, "param": None, "code": code}
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, error)


def _limited(**headers: str) -> Answer:
    message = "Rate limit reached for gpt-4o-mini in organization org-x on tokens per min (TPM)"
    return _error(429, message, "rate_limit_exceeded", "tokens", **headers)


def _first(times: int, answer: Answer) -> Policy:
    return lambda number, seconds: answer if number <= times else OK


def _always(answer: Answer) -> Policy:
    return lambda number, seconds: answer


def _until(end: float, **headers: str) -> Policy:
    return lambda number, seconds: _limited(**headers) if seconds < end else OK


def _every(turn: int, answer: Answer) -> Policy:
    return lambda number, seconds: OK if number % turn else answer


def _once(start: int, length: float, answer: Answer) -> Policy:
    """The same answer for ``length`` seconds, which begin with the request of number ``start``."""
    begun: list[float] = []

    def policy(number: int, seconds: float) -> Answer:
        if number == start:
            begun.append(seconds)
        return answer if begun and seconds < begun[0] + length else OK

    return policy


def _announced(end: float) -> Policy:
    """Rate limited until ``end``, and each answer says how many seconds are left."""

    def policy(number: int, seconds: float) -> Answer:
        return _limited(retry_after=str(math.ceil(end - seconds))) if seconds < end else OK

    return policy


_QUOTA = "You exceeded your current quota, please check your plan and billing details."
SCENARIOS: dict[str, Policy] = {
    "healthy": _always(OK),
    "429 x 3": _first(3, _limited()),
    "Retry-After 20": _announced(20),
    "Retry-After 90": _announced(90),
    "quota (2023)": _always(_error(429, _QUOTA, None, "insufficient_quota")),
    "quota (2026)": _always(_error(429, _QUOTA, "credit_balance_exhausted", "insufficient_quota")),
    "400": _always(_error(400, "This model's maximum context length is 128000 tokens.", None, "invalid_request_error")),
    "401": _always(_error(401, "Incorrect API key provided.", "invalid_api_key", "invalid_request_error")),
    "500": _first(1, _error(500, "The server had an error.", None, "server_error")),
    "503": _first(1, _error(503, "Overloaded.", "server_is_overloaded", "service_unavailable_error")),
    "dropped": _first(1, Answer(drop=True)),
    "timeout": _first(1, Answer(silence=True)),
    "window": _until(60),
    "window, Retry-After 1": _until(60, retry_after="1"),
    "window, retry-after-ms 200": _until(60, retry_after_ms="200"),
    "429 for ever": _always(_limited()),
}
PERMANENT = ("quota (2023)", "quota (2026)", "400", "401")
QUOTA = ("quota (2023)", "quota (2026)")
WINDOWS = ("window", "window, Retry-After 1", "window, retry-after-ms 200")
ANNOUNCED = {"Retry-After 20": 20.0, "Retry-After 90": 90.0}
TRANSIENT = tuple(name for name in SCENARIOS if name not in (*PERMANENT, "429 for ever"))

# What the programs that are more than one request meet.
LONGER: dict[str, Policy] = {
    "healthy": SCENARIOS["healthy"],
    "every third": _every(3, _limited()),
    "three of four": lambda number, seconds: _limited() if number % 4 else OK,
    "a minute once": _once(34, 60, _limited()),
    "429 for ever": SCENARIOS["429 for ever"],
    "400": SCENARIOS["400"],
    "400 with 429 in its text": _always(_error(400, "You sent 142950 tokens.", None, "invalid_request_error")),
}
