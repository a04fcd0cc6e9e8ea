"""Judging projects by their parts: in this process when there is little to do, else in processes of their own.

What imports do not connect is linked on its own, so parts need nothing of each other. The processes are the same that
extract facts: ``serve`` is the life of one.
"""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from oailint import results, rules
from oailint.analysis import Judged, judge
from oailint.codec import Packed
from oailint.config import Config
from oailint.excerpts import to_paint
from oailint.facts import Broken, FileFacts
from oailint.processes import Answer, Processes, Question
from oailint.processes import serve as serve_answers
from oailint.progress import Tell, silent
from oailint.project.components import Parts, components
from oailint.results import Found, Outcome
from oailint.timing import Stage, untimed
from oailint.workers import answer_with

FEW_BYTES = 600_000
"""Up to so many bytes of packed facts, processes do not help: they must be started, and get the facts."""
ALONE = 2_000_000
"""From so many bytes on, a part takes memory that its process would hold on to."""
BATCH = 300_000
"""Small parts are judged together, up to so many bytes."""

_JUDGE = b"&"
"""What stands before a question to judge; see ``workers`` for the others."""

Facts = Mapping[str, "FileFacts | Broken"]
Show = Callable[[str], str]


class Work(Struct, frozen=True):
    """Files of one project that are to be judged.

    Each of ``groups`` is files that are linked together, or one without facts. ``uses_openai`` says whether any file of
    the project imports the SDK; ``config`` is as linking wants it; ``codes`` gives the rules that are on for a file.
    """

    facts: Facts
    groups: Sequence[Sequence[str]]
    uses_openai: bool
    config: Config
    codes: Callable[[str], frozenset[str]]


def whole(facts: Facts, broken: Iterable[str], config: Config, codes: Callable[[str], frozenset[str]]) -> Work:
    """All files of a project that may matter; ``broken`` are those without facts."""
    parts = components(facts, config.src)
    groups = [group for group in parts.paths if not (isinstance(facts, Packed) and _are_passed_over(facts, group))]
    return Work(facts, [*groups, *([path] for path in broken)], parts.uses_openai, config, codes)


def _are_passed_over(facts: Packed, paths: Iterable[str]) -> bool:
    return all(map(facts.is_passed_over, paths))


def judge_here(
    work: Work, *, reported: AbstractSet[str] = frozenset(), show: Show | None = None, stage: Stage = untimed
) -> tuple[list[Outcome], list[str]]:
    """What is found in each group of ``work``, and, if ``show`` says how they write a path, the notes on the requests
    in the ``reported`` files."""
    keys = {path for group in work.groups for path in group}
    facts = work.facts.renamed({key: key for key in keys}) if isinstance(work.facts, Packed) else work.facts
    parts = Parts([list(group) for group in work.groups if not _is_broken(facts, group[0])], work.uses_openai)
    judged, notes = judge(
        facts,
        keys if show is None else reported,
        work.config,
        rules.RULES,
        work.codes,
        parts=parts,
        explain=show,
        stage=stage,
    )
    return [_outcome(group, judged, facts) for group in work.groups], notes


def judge_all(
    works: Sequence[Work], processes: Processes | None = None, stage: Stage = untimed, progress: Tell = silent
) -> list[list[Outcome]]:
    """What is found in each group of each of ``works``. ``processes`` are used where they help, and ``progress`` is
    told how far they are."""
    pieces = [
        _Piece(number, index, sum(map(work.facts.size, group)))
        for number, work in enumerate(works)
        if isinstance(work.facts, Packed)
        for index, group in enumerate(work.groups)
    ]
    outcomes: dict[tuple[int, int], Outcome] = {}
    if processes is not None and _would_help(processes, [piece.size for piece in pieces]):
        with stage("linking"):
            outcomes = _judge_there(works, pieces, processes, progress)
    for number, work in enumerate(works):
        left = [index for index in range(len(work.groups)) if (number, index) not in outcomes]
        if left:
            rest = replace(work, groups=[work.groups[index] for index in left])
            for index, outcome in zip(left, judge_here(rest, stage=stage)[0], strict=True):
                outcomes[number, index] = outcome
    return [[outcomes[number, index] for index in range(len(work.groups))] for number, work in enumerate(works)]


def _would_help(processes: Processes, sizes: Sequence[int]) -> bool:
    """Whether ``processes`` judge parts of these ``sizes`` faster, or as fast and in memory that they have already."""
    if processes.limit < 2 or sum(sizes) <= FEW_BYTES:
        return False
    return processes.are_running or sum(sizes) - max(sizes) > FEW_BYTES


def _is_broken(facts: Facts, path: str) -> bool:
    return facts.is_broken(path) if isinstance(facts, Packed) else isinstance(facts[path], Broken)


def _outcome(group: Iterable[str], judged: Mapping[str, Judged], facts: Facts) -> Outcome:
    """What was found in the files of one part, with what excerpts of the files that it names may not show."""
    found = Found({path: judged[path] for path in group if path in judged})
    named = {
        location.path
        for one in found.judged.values()
        for finding in (*one.kept, *one.suppressed)
        for location in (finding.location, *(place.location for place in finding.related))
    }
    found.masks.update({path: tuple(to_paint(facts[path])) for path in sorted(named.intersection(group))})
    return Outcome(found, results.pack(found))


# --- processes ------------------------------------------------------------------------------------------------------


class _Piece(NamedTuple):
    """A group of files: the number of its work, its own there, and the size of its facts in bytes."""

    work: int
    group: int
    size: int


class _File(msgspec.Struct, frozen=True, array_like=True):
    path: str
    facts: bytes
    codes: tuple[str, ...]


class _Head(msgspec.Struct, frozen=True, array_like=True):
    """What a process must know of a project."""

    config: Config
    uses_openai: bool


class _Group(msgspec.Struct, frozen=True, array_like=True):
    head: bytes
    files: list[_File]


_encoder = msgspec.msgpack.Encoder()
_heads = msgspec.msgpack.Decoder(_Head)
_questions = msgspec.msgpack.Decoder(list[_Group])
_answers = msgspec.msgpack.Decoder(list[bytes | None])


def _judge_there(
    works: Sequence[Work], pieces: Sequence[_Piece], processes: Processes, progress: Tell
) -> dict[tuple[int, int], Outcome]:
    """What is found in ``pieces``, by the numbers of work and group; some may be left out."""
    heads = [_head(work) for work in works]
    batches = _batches([piece for piece in pieces if _is_text(works[piece.work].groups[piece.group])])

    def question(batch: Sequence[_Piece]) -> Callable[[], bytes]:
        return lambda: _JUDGE + _encoder.encode([_group(works[one.work], one.group, heads[one.work]) for one in batch])

    sizes = [sum(one.size for one in batch) for batch in batches]
    questions = [Question(question(batch), size, size >= ALONE) for batch, size in zip(batches, sizes, strict=True)]
    answers = processes.ask(questions, _is_answer, lambda done: progress("checking part", done, len(questions)))
    outcomes = {}
    for batch, answer in zip(batches, answers, strict=True):
        told = _answers.decode(answer) if answer else [None] * len(batch)
        for one, data in zip(batch, told, strict=True):
            if data is not None:
                paths = frozenset(works[one.work].groups[one.group])
                outcomes[one.work, one.group] = Outcome(results.unpack(data, paths), data)
    return outcomes


def _head(work: Work) -> bytes:
    # Nothing of these has a part in linking, and their texts need not be any.
    config = replace(work.config, root="", source="", baseline="", cache_dir="", backoff_helper="", per_file_ignores={})
    return _encoder.encode(_Head(replace(config, exclude=(), extend_exclude=()), work.uses_openai))


def _group(work: Work, index: int, head: bytes) -> _Group:
    assert isinstance(work.facts, Packed)
    packed = work.facts.packed
    return _Group(head, [_File(path, packed(path), _in_order(work.codes(path))) for path in work.groups[index]])


@functools.cache
def _in_order(codes: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(codes))


def _is_text(paths: Iterable[str]) -> bool:
    """Whether paths can be sent: the name of a file need not be text."""
    try:
        "\0".join(paths).encode()
    except UnicodeEncodeError:
        return False
    return True


def _batches(pieces: Iterable[_Piece]) -> list[list[_Piece]]:
    """``pieces``, put together as far as they are small."""
    batches: list[list[_Piece]] = []
    filled = BATCH
    for piece in sorted(pieces, key=lambda piece: (-piece.size, piece)):
        if filled + piece.size > BATCH:
            batches.append([])
            filled = 0
        batches[-1].append(piece)
        filled += piece.size
    return batches


def _is_answer(data: bytes) -> bool:
    try:
        _answers.decode(data)
    except msgspec.MsgspecError:
        return False
    return True


def _answer(question: bytes) -> bytes:
    if not question.startswith(_JUDGE):
        return _extract(question)
    found = []
    groups = _questions.decode(memoryview(question)[len(_JUDGE) :])
    del question  # as large as the facts, and not needed while they are linked
    for group in groups:
        head = _heads.decode(group.head)
        facts = Packed({one.path: one.facts for one in group.files})
        codes = {one.path: frozenset(one.codes) for one in group.files}
        work = Work(facts, [list(facts)], head.uses_openai, head.config, codes.__getitem__)
        found += [outcome.packed for outcome in judge_here(work)[0]]
    gc.collect()  # linked parts refer to themselves in circles
    return _encoder.encode(found)


_extract: Answer = answer_with()


def serve() -> None:
    """The life of a process that extracts and judges."""
    gc.disable()  # facts hold no cycles
    gc.freeze()
    serve_answers(_answer)
