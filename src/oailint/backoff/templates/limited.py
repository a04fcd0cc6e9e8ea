import asyncio
from typing import Any, Coroutine, TypeVar

_T = TypeVar("_T")


async def limited(semaphore: asyncio.Semaphore, request: Coroutine[Any, Any, _T]) -> _T:
    """Await a request when the semaphore, which requests share, has room for it."""
    try:
        async with semaphore:
            return await request
    finally:
        request.close()  # It has not begun if this was cancelled while it waited.
