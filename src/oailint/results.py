"""What is remembered of a project from run to run: what was found in each part of it, and from which contents.

The states of projects are entries of the cache of facts, one for each project and way to look at it. They are
msgpack behind a digest, and hold what reports show, in which secrets are masked already. What is damaged, too large,
of another project or another version is as good as nothing.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct, field

from oailint.analysis import Judged
from oailint.cache import Cache
from oailint.facts import Broken, Masked, Span
from oailint.findings import (
    BackOff,
    Change,
    Confidence,
    DropArgument,
    Finding,
    FixPlan,
    Limit,
    Location,
    Related,
    Replace,
    Safety,
    SetArgument,
    Severity,
    Substitute,
)

MAX_LINE = 100_000_000
"""No place lies beyond this line or column."""

_MAGIC = b"oailint results 1\n"
_DIGEST_SIZE = 32
_CHANGES: Mapping[str, type[Change]] = {
    kind.__name__: kind for kind in (BackOff, SetArgument, DropArgument, Substitute, Replace, Limit)
}


class Part(msgspec.Struct, frozen=True, array_like=True):
    """Files that are linked together (``members`` are indexes of the paths of the state), and what was found in them,
    as ``pack`` writes it. ``key`` stands for all that decided it."""

    key: bytes
    members: tuple[int, ...]
    found: bytes


class State(msgspec.Struct, frozen=True, array_like=True):
    """What is remembered of a project.

    ``key`` stands for all that decided the findings; empty where they must not be reused as a whole. For each of
    ``paths`` there are the digest of its content, and one of what it imports; ``broken`` are those without facts.
    """

    name: str
    key: bytes
    paths: tuple[str, ...]
    digests: tuple[str, ...]
    imports: tuple[bytes, ...]
    uses_openai: bool
    parts: tuple[Part, ...]
    broken: dict[str, Broken]


class Found(Struct, frozen=True):
    """What was found, by the keys of the files, and what no excerpt of these files may show."""

    judged: dict[str, Judged] = field(default_factory=dict)
    masks: dict[str, tuple[Masked, ...]] = field(default_factory=dict)


def together(all_found: Iterable[Found]) -> Found:
    """All of it as one."""
    total = Found()
    for found in all_found:
        total.judged.update(found.judged)
        total.masks.update(found.masks)
    return total


class Outcome(NamedTuple):
    """What was found in some files, and the same as ``pack`` writes it: None if that cannot be."""

    found: Found
    packed: bytes | None


class _Place(msgspec.Struct, frozen=True, array_like=True):
    path: str
    span: Span
    message: str = ""


class _Plan(msgspec.Struct, frozen=True, array_like=True):
    title: str
    safety: Safety
    changes: tuple[tuple[str, msgspec.Raw], ...]
    leftovers: tuple[_Place, ...]


class _Row(msgspec.Struct, frozen=True, array_like=True):
    code: str
    name: str
    family: str
    severity: Severity
    confidence: Confidence
    message: str
    span: Span
    subject: str
    related: tuple[_Place, ...]
    help: str
    unfixable: str
    fingerprint: str
    justification: str
    scope: str
    plan: _Plan | None


class _File(msgspec.Struct, frozen=True, array_like=True):
    path: str
    kept: tuple[_Row, ...]
    suppressed: tuple[_Row, ...]
    masks: tuple[Masked, ...]


_encoder = msgspec.msgpack.Encoder()


@functools.cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)


@functools.cache
def engine() -> bytes:
    """A digest of all that decides what is found beside files and configuration: the package, the parser, Python."""
    digest = hashlib.sha256(f"{sys.version_info[:3]} {_parser()}".encode())
    for path in _own_files(os.path.dirname(os.path.abspath(__file__))):
        with open(path, "rb") as file:
            digest.update(path.encode("utf-8", "surrogatepass") + b"\0" + file.read())
    return digest.digest()


def _own_files(package: str) -> Iterable[str]:
    for folder, folders, names in os.walk(package):
        folders[:] = sorted({*folders} - {"__pycache__", "_rules"})
        yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith((".py", ".toml")))


def _parser() -> list[str]:
    """The version of the parser, which is not loaded for that: what its folder of metadata is called."""
    from importlib.util import find_spec

    spec = find_spec("libcst")
    above = os.path.dirname(os.path.dirname(spec.origin)) if spec and spec.origin else ""
    try:
        return [name for name in sorted(os.listdir(above)) if name.startswith("libcst")]
    except OSError:
        return []


def digest(*pieces: bytes | str) -> bytes:
    """A digest that tells different sequences of ``pieces`` apart."""
    total = hashlib.sha256()
    for piece in pieces:
        data = piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece
        total.update(b"%d:" % len(data))
        total.update(data)
    return total.digest()


def load(cache: Cache, name: str) -> State | None:
    """The state that is kept under ``name``, if it is whole and no other."""
    data = cache.read(name)
    start = len(_MAGIC) + _DIGEST_SIZE
    if data is None or len(data) < start or not data.startswith(_MAGIC):
        return None
    payload = memoryview(data)[start:]
    if hashlib.sha256(payload).digest() != data[len(_MAGIC) : start]:
        return None
    try:
        state = _decoder(State).decode(payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeError, ValueError):
        return None
    assert isinstance(state, State)
    return state if state.name == name and _is_sound(state) else None


def save(cache: Cache, state: State) -> None:
    """Keep ``state``, unless it cannot be written: a file name need not be text."""
    try:
        payload = _encoder.encode(state)
    except (UnicodeEncodeError, RecursionError):
        return
    cache.store(state.name, _MAGIC + hashlib.sha256(payload).digest() + payload)


def _is_sound(state: State) -> bool:
    number = len(state.paths)
    members = sorted(member for part in state.parts for member in part.members)
    return len(state.digests) == len(state.imports) == number and members == list(range(number))


# --- findings as bytes ----------------------------------------------------------------------------------------------


def pack(found: Found) -> bytes | None:
    """``found`` as bytes; None where a text in it is none, such as the name of a file."""
    nothing = Judged()
    try:
        files = [
            _File(path, tuple(map(_row, one.kept)), tuple(map(_row, one.suppressed)), found.masks.get(path, ()))
            for path in sorted({*found.judged, *found.masks})
            for one in (found.judged.get(path, nothing),)
        ]
        return _encoder.encode(files) if files else b""
    except UnicodeEncodeError:
        return None


def unpack(data: bytes, paths: AbstractSet[str]) -> Found:
    """What ``pack`` wrote. Raises ValueError for anything else, and for what speaks of a file not in ``paths``."""
    if not data:
        return Found()
    try:
        files = _decoder(tuple[_File, ...]).decode(data)
        judged: dict[str, Judged] = {}
        masks: dict[str, tuple[Masked, ...]] = {}
        for one in files:
            if one.path not in paths or one.path in judged or not all(_is_place(mask.span) for mask in one.masks):
                raise ValueError("of other files")
            masks[one.path] = one.masks
            if one.kept or one.suppressed:
                kept, suppressed = (
                    tuple(_finding(row, one.path, paths) for row in rows) for rows in (one.kept, one.suppressed)
                )
                judged[one.path] = Judged(kept, suppressed)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise ValueError("not findings") from error
    return Found(judged, masks)


def _row(one: Finding) -> _Row:
    return _Row(
        one.code,
        one.name,
        one.family,
        one.severity,
        one.confidence,
        one.message,
        one.location.span,
        one.subject,
        tuple(_Place(place.location.path, place.location.span, place.message) for place in one.related),
        one.help,
        one.unfixable,
        one.fingerprint,
        one.justification,
        one.scope,
        None if one.plan is None else _plan(one.plan),
    )


def _plan(plan: FixPlan) -> _Plan:
    return _Plan(
        plan.title,
        plan.safety,
        tuple((type(change).__name__, msgspec.Raw(_encoder.encode(change))) for change in plan.changes),
        tuple(_Place(place.path, place.span) for place in plan.leftovers),
    )


def _finding(row: _Row, path: str, paths: AbstractSet[str]) -> Finding:
    if not _is_place(row.span) or not all(place.path in paths and _is_place(place.span) for place in row.related):
        raise ValueError("no place")
    return Finding(
        row.code,
        row.name,
        row.family,
        row.severity,
        row.confidence,
        row.message,
        Location(path, row.span),
        row.subject,
        tuple(Related(Location(place.path, place.span), place.message) for place in row.related),
        row.help,
        None if row.plan is None else _as_plan(row.plan),
        row.unfixable,
        None,
        row.fingerprint,
        row.justification,
        row.scope,
    )


def _as_plan(plan: _Plan) -> FixPlan:
    changes = []
    for name, data in plan.changes:
        if name not in _CHANGES:
            raise ValueError("no change")
        kind: Any = _CHANGES[name]
        changes.append(_decoder(kind).decode(data))
    leftovers = tuple(Location(place.path, place.span) for place in plan.leftovers)
    return FixPlan(plan.title, tuple(changes), plan.safety, leftovers)


def _is_place(span: Span) -> bool:
    return 1 <= span.line <= span.end_line <= MAX_LINE and all(
        1 <= column <= MAX_LINE for column in (span.column, span.end_column)
    )
