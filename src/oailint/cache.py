"""Facts of files seen before, by the digest of their content.

An entry that is missing, damaged, unreadable or written by another version is a miss, and nothing that goes wrong
here fails a run. Entries are msgpack, never pickle; they hold facts, in which secrets are masked already.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import sys
import tempfile
import time

from oailint.codec import decode, encode
from oailint.facts import FACTS_VERSION, Broken, FileFacts
from oailint.version import VERSION

MAX_BYTES = 256_000_000
"""Above this size the oldest entries are thrown away, down to three quarters of it."""

MAX_ENTRY = 64_000_000
"""What is larger is no entry: it is neither written nor read."""

_DAY = 86_400.0
_PRUNED = "pruned"
_BUCKET = re.compile("[0-9a-f]{2}")
_ENTRY = re.compile("[0-9a-f]{62}")
_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This folder is a cache of oailint; it can be deleted. See https://bford.info/cachedir/\n"
)


def default_folder() -> str:
    """The user's cache folder for oailint: it follows XDG_CACHE_HOME, and the platform's custom."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
        return os.path.join(base, "oailint", "cache")
    configured = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(configured):
        return os.path.join(configured, "oailint")
    return os.path.expanduser("~/Library/Caches/oailint" if sys.platform == "darwin" else "~/.cache/oailint")


def engine_digest() -> bytes:
    """A digest of all that decides which facts a content has: versions, the knowledge tables, the extractor."""
    digest = hashlib.sha256(f"{FACTS_VERSION} {VERSION} {sys.version_info[:2]}".encode())
    package = os.path.dirname(os.path.abspath(__file__))
    for name in ("knowledge", "syntax", "."):
        folder = os.path.join(package, name)
        with contextlib.suppress(OSError):  # a package inside an archive: its version must do
            for entry in sorted(os.listdir(folder)):
                wanted = entry.endswith((".toml", ".py")) if name != "." else entry in ("facts.py", "masking.py")
                if wanted:
                    with open(os.path.join(folder, entry), "rb") as file:
                        digest.update(entry.encode() + b"\0" + file.read())
    return digest.digest()


class Cache:
    """The cache in ``folder``, which need not exist yet."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.hits = 0
        self._engine = engine_digest()
        self._ready: bool | None = None
        self._now = time.time()

    def key(self, content: bytes) -> str:
        """The name of the entry for a file with this content."""
        return hashlib.sha256(self._engine + content).hexdigest()

    def get(self, key: str) -> FileFacts | Broken | None:
        """The result kept under ``key``, or None."""
        data = self.load(key)
        return None if data is None else decode(data)

    def load(self, key: str) -> bytes | None:
        """The result kept under ``key`` as ``encode`` writes it, or None."""
        data = self.read(key)
        try:
            if data is not None:
                decode(data)  # what is damaged counts as missing
        except ValueError:
            return None
        self.hits += data is not None
        return data

    def read(self, key: str) -> bytes | None:
        """The bytes of the entry ``key``, whatever they are; None if there is none, or what stands there is none."""
        path = self._path(key)
        try:
            with open(path, "rb", opener=_without_waiting) as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_ENTRY:
                    return None
                data = file.read(status.st_size)
                if self._now - status.st_mtime > _DAY:  # its age is that of its last use
                    os.utime(path)
                return data
        except OSError:
            return None

    def put(self, key: str, result: FileFacts | Broken) -> None:
        """Keep ``result`` under ``key``. What another version of the parser may read is not kept."""
        if not isinstance(result, Broken) or result.rejected:
            self.store(key, encode(result))

    def store(self, key: str, data: bytes) -> None:
        """Keep ``data`` as the entry ``key``, whole or not at all."""
        if len(data) > MAX_ENTRY or not self._prepare():
            return
        with contextlib.suppress(OSError):
            path = self._path(key)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            _write_atomically(path, data)

    def prune(self) -> None:
        """Throw the oldest entries away if there are too many. Does the work at most once a day."""
        marker = os.path.join(self.folder, _PRUNED)
        with contextlib.suppress(OSError):
            try:
                if self._now - os.stat(marker).st_mtime < _DAY:
                    return
            except FileNotFoundError:
                if not os.path.isdir(self.folder):
                    return
            _write_atomically(marker, b"")
            self._prune()

    def _prune(self) -> None:
        entries = []
        for bucket in os.scandir(self.folder):
            if bucket.is_dir(follow_symlinks=False) and _BUCKET.fullmatch(bucket.name):
                for entry in os.scandir(bucket.path):
                    if _ENTRY.fullmatch(entry.name):  # the folder may be one that holds other things
                        status = entry.stat(follow_symlinks=False)
                        entries.append((status.st_mtime, status.st_size, entry.path))
        total = sum(size for _, size, _ in entries)
        if total <= MAX_BYTES:
            return
        for _, size, path in sorted(entries):
            with contextlib.suppress(OSError):
                os.unlink(path)
            total -= size
            if total <= MAX_BYTES * 3 // 4:
                return

    def _prepare(self) -> bool:
        if self._ready is None:
            try:
                if _is_made(self.folder):  # in a folder that was there, these would speak of what is not ours
                    for name, text in (("CACHEDIR.TAG", _TAG), (".gitignore", "*\n")):
                        _write_atomically(os.path.join(self.folder, name), text.encode())
                self._ready = True
            except OSError:
                self._ready = False
        return self._ready

    def _path(self, key: str) -> str:
        return os.path.join(self.folder, key[:2], key[2:])


def _without_waiting(path: str, flags: int) -> int:
    """Opens what may be a FIFO, which would wait for a writer, or a link, which leads out of the cache."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))


def _is_made(folder: str) -> bool:
    """Make ``folder``; whether it was not there."""
    os.makedirs(os.path.dirname(folder) or ".", exist_ok=True)
    try:
        os.mkdir(folder, mode=0o700)
    except FileExistsError:
        if not os.path.isdir(folder):
            raise
        return False
    return True


def _write_atomically(path: str, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".tmp-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
