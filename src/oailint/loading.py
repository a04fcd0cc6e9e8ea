"""From files to facts: the cache where it has them, extraction where it has not."""

from __future__ import annotations

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
    """What tells ``data`` as the content of an item from any other; empty without a cache."""
    if item.cache is None:
        return ""
    return item.cache.key(b"\0" + encode(data) if isinstance(data, Broken) else data)


def load(
    items: Sequence[Item], jobs: int | None = None, progress: Tell = silent, digests: dict[str, str] | None = None
) -> Packed:
    """The facts of each item, by its path, in the order of ``items``. ``progress`` is told how many are there, and
    ``digests`` filled with the digest of what each of them was made from."""
    digests = {} if digests is None else digests
    results: dict[str, bytes] = {}
    missing: list[tuple[Item, str, str]] = []
    for item in items:
        results[item.path] = b""  # keeps the order
        data = content(item)
        if isinstance(data, Broken):
            results[item.path] = encode(data)
            digests[item.path] = digest(item, data)
            continue
        key = digests[item.path] = digest(item, data)
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
