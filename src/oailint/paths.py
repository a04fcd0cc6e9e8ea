"""File names as text that is the same wherever a run is made."""

from __future__ import annotations

import os


def portable(path: str) -> str:
    """``path`` as it would be read where file names are UTF-8, whatever the locale. What is no UTF-8 stays escaped."""
    return path if path.isascii() or os.name == "nt" else os.fsencode(path).decode("utf-8", "surrogateescape")


def local(path: str) -> str:
    """The reverse of ``portable``: what to call the file here."""
    if path.isascii() or os.name == "nt":
        return path
    return os.fsdecode(path.encode("utf-8", "surrogateescape"))
