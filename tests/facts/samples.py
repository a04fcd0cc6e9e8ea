"""Real files to try things on: those of libcst and of the standard library."""

from __future__ import annotations

import functools
import random
import sysconfig
import tokenize
from pathlib import Path

import libcst

LARGEST = 40_000


@functools.cache
def sample(number: int) -> tuple[tuple[str, str], ...]:
    """The same ``number`` of names and texts of files at every call; none is very large."""
    library = Path(sysconfig.get_paths()["stdlib"])
    folders = [
        library / name for name in ("asyncio", "email", "importlib", "json", "logging", "unittest", "xml", "http")
    ]
    folders.append(Path(libcst.__file__).parent)
    found = [path for folder in folders for path in sorted(folder.rglob("*.py"))] + sorted(library.glob("*.py"))
    found = [path for path in found if path.stat().st_size < LARGEST]
    random.Random(7).shuffle(found)
    texts: list[tuple[str, str]] = []
    for path in found:
        if len(texts) == number:
            break
        try:
            with tokenize.open(path) as file:
                texts.append((path.name, file.read()))
        except (SyntaxError, UnicodeDecodeError):
            continue  # Files that the standard library tests such errors with.
    return tuple(texts)
