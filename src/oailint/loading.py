"""From files to facts: the cache where it has them, extraction where it has not."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from msgspec import Struct

from oailint.cache import Cache
from oailint.codec import Packed, encode, is_broken
from oailint.codec import decode as unpack
from oailint.facts import Broken
from oailint.processes import Processes
from oailint.progress import Tell, silent
from oailint.sources import read
from oailint.timing import Stage, untimed
from oailint.workers import extract_packed, is_few

_PASSED_OVER = b"passed over\0"
"""Stands before the content of a file in the digest under which the cache keeps that it can be read. No file that can
be read has a NUL."""


class Item(Struct, frozen=True):
    """A file to load: its absolute path, the guard on its size, its cache, and its content if it is known.

    ``passed_over``: its facts are not wanted, only whether it can be read.
    """

    path: str
    limit: int | None = None
    cache: Cache | None = None
    data: bytes | Broken | None = None
    passed_over: bool = False


def content(item: Item) -> bytes | Broken:
    """What the file of an item holds."""
    return read(item.path, item.limit) if item.data is None else item.data


def digest(item: Item, data: bytes | Broken) -> str:
    """What tells ``data`` as the content of an item from any other."""
    read_as = b"\0" + encode(data) if isinstance(data, Broken) else data
    return item.cache.key(read_as) if item.cache else hashlib.sha256(read_as).hexdigest()


def load(
    items: Sequence[Item],
    processes: Processes | None = None,
    progress: Tell = silent,
    stage: Stage = untimed,
    digests: dict[str, str] | None = None,
) -> Packed:
    """The facts of each item, by its path, in the order of ``items``. ``progress`` is told how many are there,
    ``stage`` when texts are parsed, and ``digests`` filled with the digest of what each was made from."""
    results: dict[str, bytes] = {}
    missing: list[tuple[Item, str, bytes]] = []
    for item in items:
        results[item.path] = b""  # keeps the order
        data = content(item)
        if isinstance(data, Broken):
            results[item.path] = encode(data)
            if digests is not None:
                digests[item.path] = digest(item, data)
            continue
        if digests is not None:
            digests[item.path] = digest(item, data)
        key = item.cache.key(_PASSED_OVER + data if item.passed_over else data) if item.cache else ""
        known = item.cache.load(key) if item.cache else None
        if known is None:
            missing.append((item, key, data))
        else:
            results[item.path] = known
    glances = {number for number, (item, _, _) in enumerate(missing) if item.passed_over}
    known_before = len(items) - len(missing)

    def told(done: int) -> None:
        progress("reading file", known_before + done, len(items))

    contents = [data for _, _, data in missing]
    with stage("extracting"):
        found = extract_packed(contents, None if is_few(contents) else processes, glances, told) if missing else []
    for (item, key, _), result in zip(missing, found, strict=True):
        results[item.path] = result
        if item.cache:
            if is_broken(result):
                item.cache.put(key, unpack(result))
            else:
                item.cache.store(key, result)
    return Packed(results)
