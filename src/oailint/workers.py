"""Extraction of many files: in this process when there are few, else in worker processes.

A worker is a fresh interpreter that reads texts from its standard input and writes facts to its standard output,
one after the other, so the parent always knows which file a worker that dies was at. That file is tried once more,
alone; if the worker dies again the file is Broken and the run goes on. (A pool of the standard library would lose
all its files, and either fork a process that may have threads or import the caller's main module again.)
"""

from __future__ import annotations

import contextlib
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import IO

from oailint.codec import decode, encode
from oailint.facts import Broken, FileFacts

Extract = Callable[[str], "FileFacts | Broken"]

FEW_FILES = 40
FEW_CHARACTERS = 500_000
"""Up to these a run is over before workers have started."""

CRASHED = Broken("the parser crashed on this file", 1, 1, False)

_HELLO = b"oailint"
_GLANCE, _WHOLE = b"?", b"!"
"""What stands before a text that is sent to a worker."""
_SIZE = struct.Struct(">Q")
_COMMAND = "import sys; sys.path[:] = sys.argv[1:]; from oailint.workers import serve; serve()"


def extract_all(
    texts: Sequence[str], jobs: int | None = None, command: Sequence[str] | None = None
) -> list[FileFacts | Broken]:
    """The facts of each of ``texts``, in their order; see ``extract_packed``."""
    return [decode(data) for data in extract_packed(texts, jobs, command)]


def extract_packed(
    texts: Sequence[str],
    jobs: int | None = None,
    command: Sequence[str] | None = None,
    glances: AbstractSet[int] = frozenset(),
    progress: Callable[[int], None] | None = None,
) -> list[bytes]:
    """The facts of each of ``texts`` as ``encode`` writes them, in their order.

    Of those whose numbers are in ``glances`` it is only told whether they can be read. ``jobs`` bounds the number of
    workers (None: one for each processor). ``command`` starts a worker; with it given, workers are used however few
    texts there are. ``progress`` is told now and then how many are done.
    """
    is_small = len(texts) < FEW_FILES and sum(map(len, texts)) < FEW_CHARACTERS
    if command is None and is_small:
        return [encode(_extract_here(text, number in glances)) for number, text in enumerate(texts)]
    return _Pool(texts, min(jobs or _processors(), len(texts)), command or _own_command(), glances).run(progress)


def _extract_here(text: str, is_glance: bool) -> FileFacts | Broken:
    return _glance(text) if is_glance else _extractor()(text)


def _glance(text: str) -> FileFacts | Broken:
    from oailint.syntax.glance import glance

    return glance(text)


def _extractor() -> Extract:
    from oailint.syntax.extract import extract

    return lambda text: extract(text, max_size=None)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _own_command() -> list[str]:
    return [sys.executable, "-c", _COMMAND, *sys.path]


class _Pool:
    """Worker processes, each with a thread of this process that feeds it."""

    def __init__(self, texts: Sequence[str], jobs: int, command: Sequence[str], glances: AbstractSet[int]) -> None:
        self._texts = texts
        self._glances = glances
        self._results: list[bytes | None] = [None] * len(texts)
        # Longest last, for pop(): the end of the run does not wait for one large file.
        self._todo = sorted(range(len(texts)), key=lambda index: (len(texts[index]), -index))
        self._jobs = jobs
        self._command = command
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, progress: Callable[[int], None] | None = None) -> list[bytes]:
        threads = [threading.Thread(target=self._feed, daemon=True) for _ in range(self._jobs)]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():  # with a timeout, as Ctrl-C does not end a plain join everywhere
                    thread.join(1.0 if progress is None else 0.1)
                    if progress is not None:
                        progress(sum(result is not None for result in self._results))
        finally:
            self._stop()
        missing = [index for index, result in enumerate(self._results) if result is None]
        # Only where no worker could be started at all.
        for index in missing:
            self._results[index] = encode(_extract_here(self._texts[index], index in self._glances))
        return [result for result in self._results if result is not None]

    def _feed(self) -> None:
        worker: _Worker | None = None
        try:
            while True:
                with self._lock:
                    if self._stopped or not self._todo:
                        return
                    index = self._todo.pop()
                for _ in range(2):
                    worker = worker or self._start()
                    if worker is None:
                        return
                    self._results[index] = result = worker.ask(self._texts[index], index in self._glances)
                    if result is not None:
                        break
                    self._end(worker)
                    worker = None
                else:
                    self._results[index] = encode(CRASHED)
        finally:
            if worker is not None:
                self._end(worker)

    def _start(self) -> _Worker | None:
        with self._lock:
            if self._stopped:
                return None
            try:
                process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
                )
            except OSError:
                return None
            self._processes.add(process)
        worker = _Worker(process)
        if worker.hello():
            return worker
        self._end(worker)
        return None

    def _end(self, worker: _Worker) -> None:
        worker.close()
        with self._lock:
            self._processes.discard(worker.process)

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            for process in self._processes:
                process.kill()


class _Worker:
    """One worker process, seen from the parent."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None and process.stdout is not None
        self.process = process
        self._in, self._out = process.stdin, process.stdout

    def hello(self) -> bool:
        """Whether the worker has started."""
        return _receive(self._out) == _HELLO

    def ask(self, text: str, is_glance: bool) -> bytes | None:
        """The facts of ``text``, or what a glance at it gives, encoded; None if the worker died over it."""
        try:
            _send(self._in, (_GLANCE if is_glance else _WHOLE) + text.encode("utf-8", "surrogatepass"))
            answer = _receive(self._out)
            if answer is not None:
                decode(answer)  # raises if the worker wrote something else
            return answer
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


def serve(extract: Extract | None = None) -> None:
    """The life of a worker process: answer until standard input ends. ``extract`` is the real one unless given."""
    with contextlib.suppress(ValueError, OSError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which ends its workers
    # Nothing that is printed on the way may get into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    extract = extract or _extractor()
    with contextlib.suppress(OSError):
        _send(answers, _HELLO)
        while (data := _receive(sys.stdin.buffer)) is not None:
            text = data[1:].decode("utf-8", "surrogatepass")
            _send(answers, encode(_glance(text) if data.startswith(_GLANCE) else extract(text)))
        answers.close()
