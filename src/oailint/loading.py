"""From files to facts: the cache where it has them, extraction where it has not."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from oailint.cache import Cache
from oailint.codec import Packed, encode
from oailint.codec import decode as unpack
from oailint.facts import Broken
from oailint.progress import Tell, silent
from oailint.sources import decode, read
from oailint.workers import extract_packed


@dataclass(frozen=True)
class Item:
    """A file to load: its absolute path, the guard on its size, its cache, and its content if it is not on disk."""

    path: str
    limit: int | None = None
    cache: Cache | None = None
    data: bytes | None = None


def content(item: Item) -> bytes | Broken:
    """What the file of an item holds."""
    return read(item.path, item.limit) if item.data is None else item.data


def digest(item: Item, data: bytes | Broken) -> str:
    """What tells ``data`` as the content of an item from any other."""
    read_as = b"\0" + encode(data) if isinstance(data, Broken) else data
    return item.cache.key(read_as) if item.cache else hashlib.sha256(read_as).hexdigest()


def load(
    items: Sequence[Item], jobs: int | None = None, progress: Tell = silent, digests: dict[str, str] | None = None
) -> Packed:
    """The facts of each item, by its path, in the order of ``items``. ``progress`` is told how many are there, and
    ``digests`` filled with the digest of what each of them was made from."""
    results: dict[str, bytes] = {}
    missing: list[tuple[Item, str, str]] = []
    for item in items:
        results[item.path] = b""  # keeps the order
        data = content(item)
        if isinstance(data, Broken):
            results[item.path] = encode(data)
            if digests is not None:
                digests[item.path] = digest(item, data)
            continue
        key = digest(item, data) if item.cache or digests is not None else ""
        if digests is not None:
            digests[item.path] = key
        known = item.cache.load(key) if item.cache else None
        text = decode(data) if known is None else ""
        if isinstance(text, Broken):
            known = encode(text)
        if known is None:
            missing.append((item, key, str(text)))
        else:
            results[item.path] = known
    known_before = len(items) - len(missing)

    def told(done: int) -> None:
        progress("reading file", known_before + done, len(items))

    found = extract_packed([text for _, _, text in missing], jobs, progress=told) if missing else []
    for (item, key, _), result in zip(missing, found, strict=True):
        results[item.path] = result
        if item.cache:
            item.cache.put(key, unpack(result))
    return Packed(results)
