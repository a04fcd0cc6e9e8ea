"""What the helper retries and how long it waits, decided on errors as the SDK makes them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
import openai
import pytest
from helpers import module

from oailint.backoff import FORMS, render

REQUEST = httpx2.Request("POST", "http://127.0.0.1/v1/chat/completions")


def names(form: str = "stdlib") -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(module(render(form, sync=True, asynchronous=True, api="v1")), namespace)
    return namespace


def failure(status: int, headers: Mapping[str, str] | None = None, **error: str | None) -> openai.APIStatusError:
    response = httpx2.Response(status, headers=headers or {}, json={"error": error}, request=REQUEST)
    return openai.OpenAI(api_key="test")._make_status_error_from_response(response)


RETRIED = [
    failure(429, code="rate_limit_exceeded", type="tokens"),
    failure(429, code="slow_down", type="rate_limit_error"),
    failure(429, code="429"),
    failure(429, headers={"retry-after": "120"}),
    failure(408),
    failure(409),
    failure(500, type="server_error"),
    failure(503, code="server_is_overloaded", type="service_unavailable_error"),
    openai.APIConnectionError(request=REQUEST),
    openai.APITimeoutError(request=REQUEST),
]
GIVEN_UP = [
    failure(429, type="insufficient_quota"),
    failure(429, code="insufficient_quota", type="insufficient_quota"),
    failure(429, code="credit_balance_exhausted", type="insufficient_quota"),
    failure(429, code="project_spend_limit_exceeded"),
    failure(429, code="billing_not_active", type="billing_not_active"),
    failure(400, code="billing_hard_limit_reached", type="invalid_request_error"),
    failure(429, headers={"retry-after": "86400"}),
    failure(429, headers={"retry-after": "inf"}),
    failure(400),
    failure(401, code="invalid_api_key"),
    failure(403),
    failure(404, code="model_not_found"),
    failure(422),
    openai.OpenAIError("no key"),
    ValueError("not OpenAI's"),
]


@pytest.mark.parametrize("error", [*RETRIED, *GIVEN_UP], ids=str)
@pytest.mark.parametrize("form", FORMS)
def test_what_is_retried(form: str, error: Exception) -> None:
    assert names(form)["_is_transient"](error) is (error in RETRIED)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0.0),
        ({"retry-after": "20"}, 20.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "200", "retry-after": "20"}, 0.2),
        ({"retry-after-ms": "?", "retry-after": "soon"}, 0.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:30 GMT"}, 20.0),
        ({"retry-after": "Thu, 99 Jan 99999 00:00:30 GMT"}, 0.0),
        ({"retry-after": ""}, 0.0),
    ],
    ids=str,
)
def test_what_the_server_asks(headers: dict[str, str], seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 10.0)
    assert names()["_retry_after"](failure(429, headers=headers)) == pytest.approx(seconds)


@pytest.mark.parametrize("hint", ["nan", "-5", "0", "0.2", "1"])
def test_a_hint_never_shortens_the_wait(hint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wait: Callable[[Exception, int], float] = names()["_wait_before_retry"]
    error = failure(429, headers={"retry-after": hint})
    monkeypatch.setattr(random, "uniform", lambda low, high: low)
    assert sum(wait(error, retry) for retry in range(6)) >= 63
    assert wait(failure(429, headers={"retry-after": "90"}), 0) >= 90


def test_the_last_error_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not chained to the six before it, which would fill the log with tracebacks of the same error."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    errors = (failure(429, code=f"number {number}") for number in itertools.count(1))

    def fail() -> None:
        raise next(errors)

    with pytest.raises(openai.RateLimitError) as caught:
        names()["with_backoff"](fail)()
    assert caught.value.code == "number 7"
    assert caught.value.__context__ is None
