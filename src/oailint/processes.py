"""Processes that answer questions: bytes in, bytes out, one after the other.

Each is a fresh interpreter that reads questions from its standard input and writes answers to its standard output, so
the parent always knows which question a process that dies was at. That one is asked once more; if the process dies
again it stays without an answer, and the others go on. (A pool of the standard library would lose all that it was at,
and either fork a process that may have threads or import the caller's main module again.)
"""

from __future__ import annotations

import contextlib
import os
import signal
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import IO, NamedTuple

Answer = Callable[[bytes], bytes]

DIED = b""
"""Stands for the answer to a question of which processes die."""

_HELLO = b"oailint"
_SIZE = struct.Struct(">Q")


class Question(NamedTuple):
    """``make`` gives its bytes when they are needed; ``size`` says how much work it is, in any unit. One that is to be
    asked ``alone`` gets a new process, which ends with it: processes hold on to memory that they once had."""

    make: Callable[[], bytes]
    size: int
    alone: bool = False


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def own_command(entry: str) -> list[str]:
    """The command that starts an interpreter like this one and calls ``entry``, a dotted name of a function."""
    module, _, function = entry.rpartition(".")
    code = f"import sys; sys.path[:] = sys.argv[1:]; from {module} import {function}; {function}()"
    return [sys.executable, "-c", code, *sys.path]


class Processes:
    """Up to ``limit`` processes (None: one for each processor) that ``command`` starts when they are needed, and that
    live until ``close``."""

    def __init__(self, command: Sequence[str], limit: int | None = None) -> None:
        self._command = command
        self.limit = limit or processors()
        """How many processes there may be."""
        self._idle: list[_Process] = []
        self._all: set[_Process] = set()
        self._lock = threading.Lock()
        self._stopped = False

    @property
    def are_running(self) -> bool:
        """Whether any has been started."""
        return bool(self._all)

    def ask(
        self,
        questions: Sequence[Question],
        is_answer: Callable[[bytes], bool],
        progress: Callable[[int], None] | None = None,
    ) -> list[bytes | None]:
        """The answer to each question: DIED if two processes died of it, None where none could be started.

        What is no answer by ``is_answer`` counts as a death. ``progress`` is told now and then how many are there.
        """
        round_ = _Round(questions, is_answer)
        count = min(self.limit, len(questions))
        # One thread begins with the largest questions and the others with the smallest, so that no two large ones are
        # in memory at once, and what is left for the end is of a middle size.
        threads = [
            threading.Thread(target=self._feed, args=(round_, number == 0), daemon=True) for number in range(count)
        ]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():  # with a timeout, as Ctrl-C does not end a plain join everywhere
                    thread.join(1.0 if progress is None else 0.1)
                    if progress is not None:
                        progress(round_.done)
        except BaseException:
            self._kill()
            raise
        return round_.answers

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            self._stopped = True
            idle, self._idle = self._idle, []
        for one in idle:
            self._end(one)
        self._kill()

    def _kill(self) -> None:
        with self._lock:
            self._stopped = True
            for one in self._all:
                one.process.kill()

    def _feed(self, round_: _Round, largest: bool) -> None:
        process: _Process | None = None
        try:
            while (number := round_.next(largest)) is not None:
                question = round_.questions[number]
                data = question.make()
                if question.alone and process is not None:
                    self._end(process)
                    process = None
                for _ in range(2):
                    process = process or self._take(new=question.alone)
                    if process is None:
                        return
                    answer = process.ask(data)
                    if answer is not None and round_.is_answer(answer):
                        round_.answers[number] = answer
                        break
                    self._end(process)
                    process = None
                else:
                    round_.answers[number] = DIED
                if question.alone and process is not None:
                    self._end(process)
                    process = None
                round_.done += 1
        finally:
            if process is not None:
                with self._lock:
                    self._idle.append(process)

    def _take(self, *, new: bool) -> _Process | None:
        with self._lock:
            if self._stopped:
                return None
            idle = self._idle.pop() if self._idle else None
        if idle is not None and not new:
            return idle
        if idle is not None:  # in its place
            self._end(idle)
        with self._lock:
            try:
                process = _Process(
                    subprocess.Popen(
                        self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
                    )
                )
            except OSError:
                return None
            self._all.add(process)
        if process.hello():
            return process
        self._end(process)
        return None

    def _end(self, process: _Process) -> None:
        process.close()
        with self._lock:
            self._all.discard(process)


class _Round:
    """Questions that are asked together, and their answers as they come."""

    def __init__(self, questions: Sequence[Question], is_answer: Callable[[bytes], bool]) -> None:
        self.questions = questions
        self.is_answer = is_answer
        self.answers: list[bytes | None] = [None] * len(questions)
        self.done = 0
        self._todo = deque(sorted(range(len(questions)), key=lambda number: (-questions[number].size, number)))

    def next(self, largest: bool) -> int | None:
        """The number of the largest question that is left, or of the smallest one."""
        try:
            return self._todo.popleft() if largest else self._todo.pop()
        except IndexError:
            return None


class _Process:
    """One process, seen from the parent."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None and process.stdout is not None
        self.process = process
        self._in, self._out = process.stdin, process.stdout

    def hello(self) -> bool:
        """Whether the process has started."""
        return _receive(self._out) == _HELLO

    def ask(self, question: bytes) -> bytes | None:
        """The answer; None if the process died of the question."""
        try:
            _send(self._in, question)
            return _receive(self._out)
        except (OSError, ValueError):
            return None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._in.close()
        self._out.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _send(stream: IO[bytes], data: bytes) -> None:
    stream.write(_SIZE.pack(len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes | None:
    head = stream.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return None
    size: int = _SIZE.unpack(head)[0]
    data = stream.read(size)
    return data if len(data) == size else None


def serve(answer: Answer) -> None:
    """The life of a process: answer until standard input ends."""
    with contextlib.suppress(ValueError, OSError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which ends its processes
    # Nothing that is printed on the way may get into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with contextlib.suppress(OSError):
        _send(answers, _HELLO)
        while (question := _receive(sys.stdin.buffer)) is not None:
            held = [question]
            del question  # so that who answers can let go of it
            _send(answers, answer(held.pop()))
        answers.close()
