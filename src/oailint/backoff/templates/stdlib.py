import asyncio
import functools
import random
import time
from typing import Any, Callable, Coroutine, TypeVar

import openai
from typing_extensions import ParamSpec

from .errors_v1 import _is_transient, _retry_after

_P = ParamSpec("_P")
_R = TypeVar("_R")
_TRIES = 7


def _wait_before_retry(error: object, retry: int) -> float:
    exponential = min(60.0, 2.0**retry) * random.uniform(1, 1.25)
    # A hint never shortens the wait: "in 0.2 s", said for a minute, would use up
    # all tries within seconds.
    return max(exponential, _retry_after(error) + random.random())


def with_backoff(call: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a request wait and try again, up to 7 times, while OpenAI is overloaded.

    Retried: rate limits, server errors, lost connections. Never: an exhausted quota,
    an unpaid bill, and what is wrong in itself (400, 401, 404, ...). The last error
    is raised as it is.
    """

    @functools.wraps(call)
    def send(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        for retry in range(_TRIES - 1):
            try:
                return call(*args, **kwargs)
            except openai.OpenAIError as error:
                if not _is_transient(error):
                    raise
                wait = _wait_before_retry(error, retry)
            time.sleep(wait)
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

    @functools.wraps(call)
    async def send(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        for retry in range(_TRIES - 1):
            try:
                return await call(*args, **kwargs)
            except openai.OpenAIError as error:
                if not _is_transient(error):
                    raise
                wait = _wait_before_retry(error, retry)
            await asyncio.sleep(wait)
        return await call(*args, **kwargs)

    return send
