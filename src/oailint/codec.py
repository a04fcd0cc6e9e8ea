"""Facts as bytes: how they travel between processes and into the cache."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from oailint.facts import PASSED_OVER, Broken, Comment, FileFacts


class _Envelope(msgspec.Struct, frozen=True, array_like=True):
    """One of the two is there: neither carries a tag that would tell them apart."""

    facts: FileFacts | None = None
    broken: Broken | None = None


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


_light_decoder = msgspec.msgpack.Decoder(_LightEnvelope)


def encode(result: FileFacts | Broken) -> bytes:
    """``result`` as msgpack. Facts nested too deeply to be written become a Broken that says so."""
    try:
        if isinstance(result, Broken):
            return _encoder.encode(_Envelope(broken=result))
        return _encoder.encode(_Envelope(facts=result))
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
