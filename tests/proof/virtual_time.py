"""A clock that only moves when somebody sleeps or times out, put in the place of Python's own.

``install`` must run before the packages that sleep are imported, since some of them keep the functions they find.
Only the main thread, which runs the program under test, lives in virtual time; the server's thread does not.
"""

from __future__ import annotations

import asyncio
import random
import select
import selectors
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

_POLL = 0.005  # real seconds; only how soon a silence of the server is noticed


class Clock:
    """Virtual seconds, and whether the server has decided never to answer the request that it has."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.silence = threading.Event()

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        self.now += max(0.0, seconds)


class Draw:
    """Random numbers that are all the lowest, or all the highest, that there can be."""

    def __init__(self) -> None:
        self.value = 0.0

    def random(self) -> float:
        return self.value

    def uniform(self, low: float, high: float) -> float:
        return low + (high - low) * self.value


def _is_program() -> bool:
    return threading.current_thread() is threading.main_thread()


def install(clock: Clock, draw: Draw) -> None:
    """Put ``clock`` and ``draw`` in the place of the functions that sleep, tell the time, wait and draw."""
    time.sleep = clock.advance  # type: ignore[assignment]
    time.monotonic = lambda: clock.now
    time.time = lambda: 1_700_000_000.0 + clock.now
    random.random = draw.random
    random.uniform = draw.uniform
    asyncio.sleep = asyncio.tasks.sleep = _sleeping(clock)  # type: ignore[assignment]
    selectors.DefaultSelector = _selector(clock)  # type: ignore[misc]
    for method in ("recv", "recv_into"):
        setattr(socket.socket, method, _receiving(clock, getattr(socket.socket, method)))


def _sleeping(clock: Clock) -> Callable[..., Any]:
    real = asyncio.sleep

    async def sleep(delay: float, result: Any = None) -> Any:
        if delay == float("inf"):
            return await real(delay, result)
        clock.advance(delay)
        return await real(0, result)

    return sleep


def _selector(clock: Clock) -> type:
    """What event loops wait with: when the server keeps silent, the next timer is due at once."""

    class Selector(selectors.DefaultSelector):  # type: ignore[misc]
        def select(self, timeout: float | None = None) -> Any:
            if timeout is None or timeout <= 0 or not _is_program():
                return super().select(timeout)
            while not clock.silence.is_set():
                if ready := super().select(_POLL):
                    return ready
            clock.silence.clear()
            clock.advance(timeout)
            return super().select(0)

    return Selector


def _receiving(clock: Clock, real: Callable[..., Any]) -> Callable[..., Any]:
    """What blocking sockets read with: when the server keeps silent, their timeout is over at once."""

    def receive(self: socket.socket, *args: Any) -> Any:
        timeout = self.gettimeout()
        if timeout and _is_program():
            while not select.select([self], [], [], _POLL)[0]:
                if clock.silence.is_set():
                    clock.silence.clear()
                    clock.advance(timeout)
                    raise TimeoutError("timed out")
        return real(self, *args)

    return receive
