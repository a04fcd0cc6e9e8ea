"""Facts as bytes: how they travel between processes and into the cache."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from oailint.facts import PASSED_OVER, Broken, Comment, FileFacts, Import, Span

_Imported = tuple[str, str, int]
"""The module, name and level of an import."""


class _Envelope(msgspec.Struct, frozen=True, array_like=True):
    """Facts, or what is there in their place: neither carries a tag that would tell them apart. ``imports`` are those
    of the facts, which are asked for more often than the rest of them."""

    facts: FileFacts | None = None
    broken: Broken | None = None
    imports: tuple[_Imported, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_NO_FACTS = _encoder.encode(_Envelope(broken=Broken("", 1, 1, False)))[:2]
"""How an envelope begins whose first entry is empty."""
_PASSED_OVER = _encoder.encode(_Envelope(facts=PASSED_OVER))
_decoder = msgspec.msgpack.Decoder(_Envelope)


class _Light(msgspec.Struct, frozen=True, array_like=True):
    """FileFacts of which only the comments are read."""

    scopes: msgspec.Raw
    comments: tuple[Comment, ...]


class _LightEnvelope(msgspec.Struct, frozen=True, array_like=True):
    facts: _Light | None = None


class _ImportsEnvelope(msgspec.Struct, frozen=True, array_like=True):
    facts: msgspec.Raw
    broken: msgspec.Raw
    imports: tuple[_Imported, ...]


_light_decoder = msgspec.msgpack.Decoder(_LightEnvelope)
_imports_decoder = msgspec.msgpack.Decoder(_ImportsEnvelope)
_NOWHERE = Span(0, 0, 0, 0)


def encode(result: FileFacts | Broken) -> bytes:
    """``result`` as msgpack. Facts nested too deeply to be written become a Broken that says so."""
    try:
        if isinstance(result, Broken):
            return _encoder.encode(_Envelope(broken=result))
        imports = tuple(sorted((one.module, one.name, one.level) for one in imported(result)))
        return _encoder.encode(_Envelope(result, None, imports))
    except UnicodeEncodeError:
        return encode(_well_formed(result))
    except RecursionError:
        return encode(Broken("expressions are nested too deeply", 1, 1, False))


def _well_formed(value: Any) -> Any:
    """``value`` with each lone surrogate (``"\\ud800"`` is a literal that Python takes) made a question mark."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, tuple):
        return tuple(map(_well_formed, value))
    if isinstance(value, msgspec.Struct):
        return type(value)(*(_well_formed(getattr(value, name)) for name in value.__struct_fields__))
    return value


def decode(data: bytes) -> FileFacts | Broken:
    """What ``encode`` wrote. Raises ValueError for anything else."""
    try:
        envelope = _decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise ValueError("not facts") from error
    result = envelope.broken if envelope.facts is None else envelope.facts
    if result is None:
        raise ValueError("not facts")
    return result


def imported(facts: FileFacts) -> frozenset[Import]:
    """What a file imports, wherever in it and under whatever name. Places are not told."""
    return frozenset(
        Import(one.module, one.name, "", one.level, 0, _NOWHERE)
        for scope in facts.scopes
        for one in scope.statements
        if isinstance(one, Import)
    )


def is_whole(data: bytes) -> bool:
    """Whether ``data`` has the form of what ``encode`` wrote; the facts in it are not looked at."""
    try:
        _imports_decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return False
    return True


def is_broken(data: bytes) -> bool:
    """Whether what ``encode`` wrote is a Broken."""
    return data.startswith(_NO_FACTS)


def commented(files: Mapping[str, FileFacts | Broken], path: str) -> bool:
    """Whether a file has comments for a linter."""
    if isinstance(files, Packed):
        return path in files and files.comments(path)
    facts = files.get(path)
    return isinstance(facts, FileFacts) and bool(facts.comments)


def broken_in(files: Mapping[str, FileFacts | Broken]) -> Iterator[tuple[str, Broken]]:
    """The files without facts; of packed ones, none of the others is decoded."""
    for path in files:
        if not isinstance(files, Packed) or files.is_broken(path):
            one = files[path]
            if isinstance(one, Broken):
                yield path, one


class Packed(Mapping[str, "FileFacts | Broken"]):
    """Facts by path, kept as bytes and decoded each time that they are asked for: a tenth of the memory."""

    def __init__(self, data: Mapping[str, bytes]) -> None:
        self._data = data

    def __getitem__(self, path: str) -> FileFacts | Broken:
        return decode(self._data[path])

    def is_broken(self, path: str) -> bool:
        """Whether a file has no facts."""
        return is_broken(self._data[path])

    def is_passed_over(self, path: str) -> bool:
        """Whether the facts of a file are those of one that was passed over."""
        return self._data[path] == _PASSED_OVER

    def imports(self, path: str) -> frozenset[Import]:
        """What a file imports, as ``imported`` tells it; the other facts are not decoded."""
        found = _imports_decoder.decode(self._data[path]).imports
        return frozenset(Import(module, name, "", level, 0, _NOWHERE) for module, name, level in found)

    def size(self, path: str) -> int:
        """The size of the facts of a file, in bytes."""
        return len(self._data[path])

    def packed(self, path: str) -> bytes:
        """The facts of a file as ``encode`` wrote them."""
        return self._data[path]

    def comments(self, path: str) -> bool:
        """Whether a file has facts and comments among them; the other facts are not decoded."""
        facts = _light_decoder.decode(self._data[path]).facts
        return facts is not None and bool(facts.comments)

    def __contains__(self, path: object) -> bool:
        return path in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def renamed(self, names: Mapping[str, str]) -> Packed:
        """Some of the same facts under other names: ``names`` gives the path of each."""
        return Packed({name: self._data[path] for name, path in names.items()})

    def updated(self, other: Packed) -> Packed:
        """These facts and those of ``other``, which win."""
        return Packed({**self._data, **other._data})

    def without(self, path: str) -> Packed:
        """The same facts but those of ``path``."""
        return Packed({other: data for other, data in self._data.items() if other != path})
