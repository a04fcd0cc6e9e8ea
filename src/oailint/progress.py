"""How far a run is, on one line of a terminal."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is; told of nothing ("", 0, 0) at the end."""

PATIENCE = 1.0
"""Seconds before anything is shown: most runs are over by then."""
INTERVAL = 0.1
"""Seconds between two changes of the line."""


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


class Progress:
    """Draws on ``stream``, a terminal. ``clock`` gives seconds. What cannot be drawn is left out."""

    def __init__(self, stream: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._next = clock() + PATIENCE
        self._shown = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        if not what:
            self.clear()
            return
        now = self._clock()
        if now < self._next:
            return
        self._next = now + INTERVAL
        width = shutil.get_terminal_size().columns - 1
        self._draw(f"oailint: {what} {done} of {total}"[:width])

    def clear(self) -> None:
        """Take the line away, for what is printed now."""
        if self._shown:
            self._draw("")

    def _draw(self, text: str) -> None:
        if text == self._shown:
            return
        try:
            self._stream.write(f"\r{text}{' ' * (len(self._shown) - len(text))}\r{text}")
            self._stream.flush()
        except (OSError, ValueError):
            self._next = float("inf")
        self._shown = text


@contextlib.contextmanager
def on(stream: Any, *, quiet: bool) -> Iterator[Tell]:
    """A line on ``stream`` while the block runs, if that is a terminal that can move its cursor and nobody asked for
    silence. It is gone afterwards, however the block ends."""
    if quiet or not stream.isatty() or os.environ.get("TERM") == "dumb" or os.environ.get("CI"):
        yield silent
        return
    progress = Progress(stream)
    try:
        yield progress
    finally:
        progress.clear()
