import functools
from typing import Any, Callable, Coroutine, TypeVar

import backoff
import openai
from typing_extensions import ParamSpec

from .errors_v1 import _is_transient

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _is_permanent(error: Exception) -> bool:
    # All that Retry-After can do here is to end the tries: backoff.expo takes no hints.
    return not _is_transient(error)


def with_backoff(call: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a request wait and try again, up to 8 times, while OpenAI is overloaded.

    Retried: rate limits, server errors, lost connections. Never: an exhausted quota,
    an unpaid bill, and what is wrong in itself (400, 401, 404, ...). The last error
    is raised as it is.
    """

    @backoff.on_exception(
        backoff.expo,
        openai.OpenAIError,
        giveup=_is_permanent,
        max_tries=8,
        max_value=60,
    )
    @functools.wraps(call)
    def send(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        return call(*args, **kwargs)

    return send


def with_backoff_async(
    call: Callable[_P, Coroutine[Any, Any, _R]],
) -> Callable[_P, Coroutine[Any, Any, _R]]:
    """Let a request wait and try again, up to 8 times, while OpenAI is overloaded.

    Retried: rate limits, server errors, lost connections. Never: an exhausted quota,
    an unpaid bill, and what is wrong in itself (400, 401, 404, ...). The last error
    is raised as it is.
    """

    # The SDK's asynchronous methods are not all coroutine functions, and backoff
    # retries nothing else; hence a function that awaits.
    @backoff.on_exception(
        backoff.expo,
        openai.OpenAIError,
        giveup=_is_permanent,
        max_tries=8,
        max_value=60,
    )
    @functools.wraps(call)
    async def send(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        return await call(*args, **kwargs)

    return send
