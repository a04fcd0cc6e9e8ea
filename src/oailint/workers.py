"""Extraction of many files: in this process when there are few, else in processes of their own.

A file of which a process dies is tried once more; if another one dies of it the file is Broken and the run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from oailint import sources
from oailint.codec import decode, encode, is_whole
from oailint.facts import Broken, FileFacts
from oailint.processes import Answer, Processes, Question, own_command
from oailint.processes import serve as serve_answers

Extract = Callable[[str], "FileFacts | Broken"]

FEW_FILES = 40
FEW_BYTES = 500_000
"""Up to these a run is over before processes have started."""

CRASHED = Broken("the parser crashed on this file", 1, 1, False)

_GLANCE, _WHOLE = b"?", b"!"
"""What stands before the content of a file that is sent to a process."""


def extract_all(
    contents: Sequence[bytes], jobs: int | None = None, command: Sequence[str] | None = None
) -> list[FileFacts | Broken]:
    """The facts of each of ``contents``, in their order; see ``extract_packed``. ``jobs`` bounds the number of
    processes and ``command`` starts one; with it given, they are used however few files there are."""
    is_small = command is None and is_few(contents)
    processes = Processes(command or own_command("oailint.workers.serve"), jobs)
    try:
        return [decode(data) for data in extract_packed(contents, None if is_small else processes)]
    finally:
        processes.close()


def processes(jobs: int | None = None) -> Processes:
    """Processes that do all that can be done in one, up to ``jobs`` of them; none is started yet."""
    return Processes(own_command("oailint.judging.serve"), jobs)


def is_few(contents: Sequence[bytes]) -> bool:
    """Whether processes would not help."""
    return len(contents) < FEW_FILES and sum(map(len, contents)) < FEW_BYTES


def extract_packed(
    contents: Sequence[bytes],
    processes: Processes | None,
    glances: AbstractSet[int] = frozenset(),
    progress: Callable[[int], None] | None = None,
) -> list[bytes]:
    """The facts of the files that hold ``contents`` as ``encode`` writes them, in their order.

    Of those whose numbers are in ``glances`` it is only told whether they can be read. ``processes`` answer as
    ``answer_with`` does; without them all is done here. ``progress`` is told now and then how many are done.
    """
    if processes is None:
        return [encode(_extract_here(data, number in glances)) for number, data in enumerate(contents)]

    def question(number: int) -> Callable[[], bytes]:
        return lambda: (_GLANCE if number in glances else _WHOLE) + contents[number]

    questions = [Question(question(number), len(data)) for number, data in enumerate(contents)]
    answers = processes.ask(questions, is_whole, progress)
    for number, answer in enumerate(answers):
        if answer is None:
            answers[number] = encode(_extract_here(contents[number], number in glances))
    return [answer or encode(CRASHED) for answer in answers]


def _extract_here(data: bytes, is_glance: bool) -> FileFacts | Broken:
    text = sources.decode(data)
    if isinstance(text, Broken):
        return text
    return _glance(text) if is_glance else _extractor()(text)


def _glance(text: str) -> FileFacts | Broken:
    from oailint.syntax.glance import glance

    return glance(text)


def _extractor() -> Extract:
    from oailint.syntax.extract import extract

    return lambda text: extract(text, max_size=None)


def answer_with(extract: Extract | None = None) -> Answer:
    """What answers the questions of ``extract_packed``. ``extract`` is the real one unless given."""

    def answer(data: bytes) -> bytes:
        text = sources.decode(data[1:])
        if isinstance(text, Broken):
            return encode(text)
        if data.startswith(_GLANCE):
            return encode(_glance(text))
        return encode((extract or _extractor())(text))

    return answer


def serve(extract: Extract | None = None) -> None:
    """The life of a process that only extracts."""
    serve_answers(answer_with(extract))
