"""Which files a walk leaves out: what is excluded by name or pattern, and what git ignores."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_SPECIAL = frozenset("*?[]!\\/ ")
_BLANKS = "\t\v\f\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029"
"""What Python's ``rstrip`` takes away, of what git leaves where it is."""
_MEANINGLESS = ("/", "!/", "!")
"""Patterns that match nothing."""


class Patterns:
    """Patterns in the language of gitignore, relative to the folder ``base``."""

    def __init__(self, base: str, patterns: Iterable[str]) -> None:
        self._prefix = base.rstrip(os.sep) + os.sep
        patterns = list(patterns)
        plain: set[str] = set()
        folders: set[str] = set()
        suffixes: list[str] = []
        others: list[str] = []
        for pattern in patterns:  # a path that is matched by a regular expression costs ten times more
            if not pattern or pattern.startswith("#"):
                continue
            if not _SPECIAL & set(pattern):
                plain.add(pattern)
            elif pattern.endswith("/") and not _SPECIAL & set(pattern[:-1]):
                folders.add(pattern[:-1])
            elif pattern.startswith("*.") and not _SPECIAL & set(pattern[1:]):
                suffixes.append(pattern[1:])
            else:
                others.append(pattern)
        # The last match decides, which plain names can only ignore where nothing is taken back.
        if any(pattern.startswith("!") for pattern in others):
            plain, folders, suffixes, others = set(), set(), [], patterns
        self._plain = plain
        self._folders = plain | folders
        self._suffixes = tuple(suffixes)
        self._spec = _spec(tuple(others))

    def match(self, path: str, is_folder: bool) -> bool | None:
        """True if ``path`` (absolute, below the base) is ignored, False if a ``!`` takes it back, None if unsaid."""
        name = os.path.basename(path)
        if name in (self._folders if is_folder else self._plain) or (self._suffixes and name.endswith(self._suffixes)):
            return True
        if self._spec is None:
            return None
        if not path.startswith(self._prefix):
            return None
        relative = path[len(self._prefix) :].replace(os.sep, "/")
        return self._spec.check_file(relative + "/" if is_folder else relative).include


@lru_cache(maxsize=512)
def _spec(lines: tuple[str, ...]) -> GitIgnoreSpec | None:
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]
    if not wanted:
        return None
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(wanted)
    except ValueError:  # git passes over a line that it does not understand
        good = [line for line in wanted if _is_valid(line)]
        return GitIgnoreSpec.from_lines(good) if good else None


def _is_valid(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def gitignore(folder: str) -> Patterns | None:
    """What the .gitignore in ``folder`` says, if there is one."""
    return _from_file(os.path.join(folder, ".gitignore"), folder)


def repository(folder: str) -> str | None:
    """The git work tree that ``folder`` lies in."""
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def inherited(folder: str, top: str) -> list[Patterns]:
    """What applies in ``folder`` from outside of it, the weakest first: the user's and the repository's own ignore
    files, and the .gitignore of each folder above it, up to ``top`` (the work tree)."""
    found = [_from_file(_user_file(), top), _from_file(_exclude_file(top), top)]
    between = []
    while folder != top and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
        between.append(gitignore(folder))
    return [patterns for patterns in [*found, *reversed(between)] if patterns is not None]


def is_ignored(path: str, is_folder: bool, stack: Iterable[Patterns]) -> bool:
    """Whether ``path`` is ignored; the last of ``stack`` that says anything decides."""
    verdict = None
    for patterns in stack:
        said = patterns.match(path, is_folder)
        verdict = verdict if said is None else said
    return bool(verdict)


def _from_file(path: str, base: str) -> Patterns | None:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            text = file.read()
    except OSError:
        return None
    return Patterns(base, [_as_git_reads(line) for line in text.split("\n") if line not in _MEANINGLESS])


def _as_git_reads(line: str) -> str:
    """A line of an ignore file, without the blanks at its end that are no part of the pattern for git: spaces, as long
    as no backslash stands before them. Others are part of it, which is to be said in another way here."""
    line = line.removesuffix("\r")
    bare = line.rstrip(" ")
    if bare == line or bare.endswith("\\"):
        bare = line
    end = len(bare.rstrip(_BLANKS))
    return bare[:end] + "".join(f"[{blank}]" for blank in bare[end:])


def _user_file() -> str:
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return os.path.join(base, "git", "ignore")


def _exclude_file(top: str) -> str:
    git = os.path.join(top, ".git")
    try:
        with open(git, encoding="utf-8") as file:  # a worktree or submodule: the file says where the folder is
            git = os.path.join(top, file.read().strip().removeprefix("gitdir:").strip())
        with open(os.path.join(git, "commondir"), encoding="utf-8") as file:
            git = os.path.join(git, file.read().strip())
    except (OSError, UnicodeDecodeError):
        pass
    return os.path.join(git, "info", "exclude")
