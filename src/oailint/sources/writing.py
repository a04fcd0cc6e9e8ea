"""New content for files: whole or not at all, and undone together where one of them fails."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Sequence

from msgspec import Struct

from oailint.sources.reading import read


class NotWritten(Exception):
    """A file could not be written. ``path`` says which; the message says why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path


class Content(Struct, frozen=True):
    """What the file ``path`` is to hold, and what it held when it was read (None: there was no such file)."""

    path: str
    new: bytes
    old: bytes | None


def write_all(contents: Sequence[Content]) -> None:
    """Write all of ``contents``, in order, or none.

    Raises NotWritten if one of them fails, or has changed since it was read: those written before it are restored. An
    interruption restores them too.
    """
    done: list[Content] = []
    try:
        for one in contents:
            _write(one)
            done.append(one)
    except BaseException:
        for one in reversed(done):
            _undo(one)
        raise


def put(path: str, data: bytes) -> None:
    """Make the file ``path`` hold ``data``, whole or not at all, whatever it held; missing folders are made.

    What is no regular file (a device, a pipe), or was opened by somebody else (``/dev/stdout``), is written to. Raises
    NotWritten if that fails.
    """
    try:
        if os.path.abspath(path).startswith("/dev/") or (os.path.exists(path) and not os.path.isfile(path)):
            with open(path, "wb") as file:
                file.write(data)
            return
        real = os.path.realpath(path)
        os.makedirs(os.path.dirname(real), exist_ok=True)
        status = os.stat(real) if os.path.lexists(real) else None
        if status is not None and not (status.st_mode & 0o222 and os.access(real, os.W_OK)):
            raise OSError(errno.EACCES, "it is read-only")
        _replace(real, data, status)
    except (OSError, ValueError) as error:  # a NUL in the path is no OSError
        reason = getattr(error, "strerror", None) or str(error)
        raise NotWritten(path, f"could not be written: {reason}") from None


def _write(one: Content) -> None:
    path = os.path.realpath(one.path)  # a link stays one; the file that it leads to changes
    if one.old is None:
        if os.path.lexists(path):
            raise NotWritten(one.path, "was made by something else in the meantime")
        status = None
    else:
        present = read(path)
        if present == one.new:  # under another name, through a link
            return
        if present != one.old:
            raise NotWritten(one.path, "was changed by something else in the meantime; nothing was written to it")
        status = os.stat(path)
        if not status.st_mode & 0o222 or not os.access(path, os.W_OK):
            raise NotWritten(one.path, "is read-only")
    try:
        _replace(path, one.new, status)
    except OSError as error:
        raise NotWritten(one.path, f"could not be written: {error.strerror or type(error).__name__}") from None


def _replace(path: str, data: bytes, status: os.stat_result | None) -> None:
    """Put ``data`` into ``path`` in one step: who reads it sees the old content or the new."""
    folder = os.path.dirname(path)
    if not os.stat(folder).st_mode & 0o222:
        raise OSError(errno.EACCES, "the folder is read-only")
    start = os.path.basename(path)[:40]  # a name may be as long as names can be
    descriptor, name = tempfile.mkstemp(prefix=f".{start}.", suffix=".oailint", dir=folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _adopt(name, status)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _adopt(name: str, status: os.stat_result | None) -> None:
    """Give a new file the mode and, where that is allowed, the owner of the one that it replaces."""
    if status is None:
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        return
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(name, status.st_uid, status.st_gid)
    os.chmod(name, stat.S_IMODE(status.st_mode))


def _undo(one: Content) -> None:
    path = os.path.realpath(one.path)
    with contextlib.suppress(OSError):
        if one.old is None:
            os.unlink(path)
        elif read(path) == one.new:
            _replace(path, one.old, os.stat(path))
