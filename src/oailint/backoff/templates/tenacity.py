import functools
import random
from typing import Any, Callable, Coroutine, TypeVar

import tenacity
from typing_extensions import ParamSpec

from .errors_v1 import _is_transient, _retry_after

_P = ParamSpec("_P")
_R = TypeVar("_R")
_exponential = tenacity.wait_exponential_jitter(initial=1, max=60, jitter=1)


def _wait_before_retry(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    # A hint never shortens the wait: "in 0.2 s", said for a minute, would use up
    # all tries within seconds.
    return max(_exponential(state), _retry_after(error) + random.random())


def with_backoff(call: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a request wait and try again, up to 7 times, while OpenAI is overloaded.

    Retried: rate limits, server errors, lost connections. Never: an exhausted quota,
    an unpaid bill, and what is wrong in itself (400, 401, 404, ...). The last error
    is raised as it is.
    """

    @tenacity.retry(
        retry=tenacity.retry_if_exception(_is_transient),
        wait=_wait_before_retry,
        stop=tenacity.stop_after_attempt(7),
        reraise=True,
    )
    @functools.wraps(call)
    def send(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        return call(*args, **kwargs)

    return send


def with_backoff_async(
    call: Callable[_P, Coroutine[Any, Any, _R]],
) -> Callable[_P, Coroutine[Any, Any, _R]]:
    """Let a request wait and try again, up to 7 times, while OpenAI is overloaded.

    Retried: rate limits, server errors, lost connections. Never: an exhausted quota,
    an unpaid bill, and what is wrong in itself (400, 401, 404, ...). The last error
    is raised as it is.
    """

    # The SDK's asynchronous methods are not all coroutine functions, and tenacity
    # retries nothing else; hence a function that awaits.
    @tenacity.retry(
        retry=tenacity.retry_if_exception(_is_transient),
        wait=_wait_before_retry,
        stop=tenacity.stop_after_attempt(7),
        reraise=True,
    )
    @functools.wraps(call)
    async def send(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        return await call(*args, **kwargs)

    return send
