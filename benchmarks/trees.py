"""The trees that are measured: a copy of real repositories, or published packages at fixed versions."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests" / "real"))

import real_packages


@dataclass(frozen=True)
class Size:
    """What a tree holds, in its files that end with ``.py``."""

    files: int
    lines: int
    megabytes: float
    saying_openai: int


def copy(source: Path, target: Path) -> None:
    """Copy a tree, since measuring changes it. Of a ``.git`` only an empty folder is kept, which marks the project."""
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(".git", "__pycache__"))
    for folder, names, _ in os.walk(source):
        if ".git" in names:
            names.remove(".git")
            (target / Path(folder).relative_to(source) / ".git").mkdir()


def unpack(cache: Path, target: Path) -> int:
    """Write the Python files of the packages that the tests know below ``target``, each as a project; how many
    packages.

    Raises RuntimeError if one cannot be had.
    """
    for package in real_packages.PACKAGES:
        folder = target / package.replace("==", "-")
        real_packages.unpack(real_packages.fetch(package, cache), folder)
        (folder / "pyproject.toml").write_text("")
    return len(real_packages.PACKAGES)


def files(tree: Path) -> list[Path]:
    """The Python files of a tree, by path."""
    return sorted(path for path in tree.rglob("*.py") if path.is_file() and not path.is_symlink())


def says_openai(path: Path) -> bool:
    """Whether a file has the word in it."""
    return b"openai" in path.read_bytes()


def size(tree: Path) -> Size:
    """Count what a tree holds."""
    texts = [path.read_bytes() for path in files(tree)]
    return Size(
        len(texts),
        sum(text.count(b"\n") for text in texts),
        sum(map(len, texts)) / 1e6,
        sum(b"openai" in text for text in texts),
    )


def spread(items: Sequence[Path], number: int) -> list[Path]:
    """So many of ``items``, in equal distances; fewer if there are not so many."""
    number = min(number, len(items))
    return [items[(2 * index + 1) * len(items) // (2 * number)] for index in range(number)]
