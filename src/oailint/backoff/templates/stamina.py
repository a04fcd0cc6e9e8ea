import functools
import itertools
import random
from typing import Any, Callable, Coroutine, TypeVar

import stamina
from typing_extensions import ParamSpec

from .errors_v1 import _is_transient, _retry_after

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _decide() -> Callable[[Exception], "bool | float"]:
    # One for each request, since it counts the tries: a hint never shortens the
    # wait. "In 0.2 s", said for a minute, would use up all tries within seconds.
    tries = itertools.count()

    def decide(error: Exception) -> "bool | float":
        if not _is_transient(error):
            return False
        exponential = 2.0 ** next(tries)
        hint = _retry_after(error)
        return hint + random.random() if hint > exponential else True

    return decide


def with_backoff(call: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a request wait and try again, up to 7 times, while OpenAI is overloaded.

    Retried: rate limits, server errors, lost connections. Never: an exhausted quota,
    an unpaid bill, and what is wrong in itself (400, 401, 404, ...). The last error
    is raised as it is.
    """
    caller = stamina.RetryingCaller(
        attempts=7,
        timeout=None,
        wait_initial=1,
        wait_max=60,
        wait_jitter=1,
    )

    @functools.wraps(call)
    def send(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        return caller(_decide(), call, *args, **kwargs)

    return send


def with_backoff_async(
    call: Callable[_P, Coroutine[Any, Any, _R]],
) -> Callable[_P, Coroutine[Any, Any, _R]]:
    """Let a request wait and try again, up to 7 times, while OpenAI is overloaded.

    Retried: rate limits, server errors, lost connections. Never: an exhausted quota,
    an unpaid bill, and what is wrong in itself (400, 401, 404, ...). The last error
    is raised as it is.
    """
    caller = stamina.AsyncRetryingCaller(
        attempts=7,
        timeout=None,
        wait_initial=1,
        wait_max=60,
        wait_jitter=1,
    )

    @functools.wraps(call)
    async def send(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        return await caller(_decide(), call, *args, **kwargs)

    return send
