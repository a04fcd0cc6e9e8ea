"""Bytes of a file, and the text that Python would read in them."""

from __future__ import annotations

import codecs
import os
import re
import stat

from oailint.facts import Broken
from oailint.masking import mask_line

_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#|$)")
_NEWLINE = re.compile(r"\r\n|\r|\n")
_NEWLINE_BYTES = re.compile(rb"\r\n|\r|\n")
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_AT_ONCE = 1 << 20
_FOREIGN_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read(path: str, limit: int | None = None) -> bytes | Broken:
    """The content of the regular file ``path``; Broken where it cannot be had or has more than ``limit`` bytes."""
    try:
        status = os.stat(path)  # before opening: a FIFO would block
        if not stat.S_ISREG(status.st_mode):
            return Broken(f"is {_kind(status.st_mode)}, not a regular file", 1, 1, False)
        if limit is not None and status.st_size > limit:
            return too_large(status.st_size, limit)
        file = os.open(path, _READ)
        try:
            return _all_of(file, status.st_size)
        finally:
            os.close(file)
    except OSError as error:
        return Broken(f"could not be read: {error.strerror or type(error).__name__}", 1, 1, False)


def _all_of(file: int, size: int) -> bytes:
    """What is left in a file that had ``size`` bytes; half as dear as a file object."""
    data = os.read(file, size + 1)
    if len(data) == size and size < _AT_ONCE:
        return data
    pieces = [data]
    while data:
        data = os.read(file, _AT_ONCE)
        pieces.append(data)
    return b"".join(pieces)


def too_large(size: int, limit: int) -> Broken:
    """What is said of a file over the guard of ``max-file-size``."""
    return Broken(f"is larger than max-file-size ({size} > {limit} bytes); name the file to read it", 1, 1, False)


def _kind(mode: int) -> str:
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a FIFO"), (stat.S_ISSOCK, "a socket"))
    return next((name for test, name in kinds if test(mode)), "a device")


def decode(data: bytes) -> str | Broken:
    """The text in ``data``, newlines as they are and without a byte order mark.

    The encoding is that of PEP 263: a declaration in the first two lines, a mark, else UTF-8. Broken is
    ``rejected`` where CPython would not read the file either, and a problem where the encoding is not known here.
    """
    if data.startswith(_FOREIGN_MARKS):
        return Broken("is not UTF-8: it starts with the byte order mark of another encoding", 1, 1, True)
    is_marked = data.startswith(codecs.BOM_UTF8)
    if is_marked:
        data = data[len(codecs.BOM_UTF8) :]
    nul = data.find(b"\0")
    if nul >= 0:
        line, column = _place(data[:nul].decode("utf-8", "replace"))
        return Broken("source code cannot contain null bytes", line, column, True)
    declared = _declared(data)
    if declared is None:
        return _decode(data, "utf-8", "")
    name, line = declared
    codec = _codec(name)
    if codec is None:
        return Broken(f"declares the unknown encoding {mask_line(name)!r}", line, 1, False)
    if is_marked and codec not in ("utf-8", "utf-8-sig"):
        return Broken(f"starts with a UTF-8 byte order mark but declares {mask_line(name)!r}", line, 1, True)
    return _decode(data, codec, name)


def encode(text: str, like: bytes) -> bytes | None:
    """``text`` as bytes with the encoding and the byte order mark of ``like``, a file's content; None if they cannot
    hold it, or would not give back what they hold now byte for byte."""
    now = decode(like)
    if isinstance(now, Broken) or _encoded(now, like) != like:
        return None
    data = _encoded(text, like)
    return data if data is not None and decode(data) == text else None


def _encoded(text: str, like: bytes) -> bytes | None:
    mark = codecs.BOM_UTF8 if like.startswith(codecs.BOM_UTF8) else b""
    declared = _declared(like[len(mark) :])
    codec = (_codec(declared[0]) if declared else None) or "utf-8"
    try:
        return mark + text.encode("utf-8" if codec == "utf-8-sig" else codec)
    except Exception:  # a codec may raise anything
        return None


def _codec(name: str) -> str | None:
    """What Python calls the encoding ``name``; None if it does not know it as one of text (``hex`` is not)."""
    try:
        b" ".decode(name)
    except LookupError:
        return None
    except Exception:  # it is there, but a space is no text in it
        pass
    return codecs.lookup(name).name


def _decode(data: bytes, codec: str, declared: str) -> str | Broken:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        line, column = _place(error.object[: error.start].decode(codec, "replace"))
        says = f"declares {declared!r} but does not follow it" if declared else "is not UTF-8 and declares no encoding"
        return Broken(f"{says}: byte 0x{error.object[error.start]:02x}", line, column, True)
    except Exception:  # a codec may raise anything
        return Broken(f"declares {declared!r} but cannot be decoded so", 1, 1, True)


def _declared(data: bytes) -> tuple[str, int] | None:
    """The encoding that the first two lines declare, with the line that does."""
    for number, line in enumerate(_NEWLINE_BYTES.split(data[:4096], maxsplit=2)[:2], 1):
        found = _CODING.match(line)
        if found:
            return found[1].decode("ascii", "replace"), number
        if not _BLANK.match(line):
            return None
    return None


def _place(before: str) -> tuple[int, int]:
    lines = _NEWLINE.split(before)
    return len(lines), len(lines[-1]) + 1


def split_lines(text: str) -> list[str]:
    r"""The lines of ``text`` as Python counts them: ended by ``\n``, ``\r\n`` or ``\r`` and nothing else."""
    return _NEWLINE.split(text)
