"""Answers that depend on a set of values alone, remembered: most statements run again with most of what they read as
it was.

Sets that are equal must be the same for this; where Python holds more for equal, a value says what it is
(``values.Plain``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

MOST = 512
"""Answers that are kept. They keep the sets alive, so that all of them would cost more than they save."""

K = TypeVar("K")
T = TypeVar("T")


class Memo(Generic[K, T]):
    """A function of something that never changes. A frozen set keeps its hash, so that asking again costs little."""

    __slots__ = ("_known", "_work")

    def __init__(self, work: Callable[[K], T]) -> None:
        self._work = work
        self._known: dict[K, T] = {}

    def __call__(self, asked: K) -> T:
        try:
            return self._known[asked]
        except KeyError:
            if len(self._known) >= MOST:
                self._known.clear()
            found = self._known[asked] = self._work(asked)
            return found
