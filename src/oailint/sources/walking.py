"""Finding the Python files that paths stand for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct, field

from oailint.config import Config
from oailint.findings import Problem
from oailint.paths import portable
from oailint.sources.ignores import Patterns, gitignore, inherited, is_ignored, repository
from oailint.sources.roots import MARKERS, is_marked

SUFFIXES = (".py", ".pyi")


class Discovery(Struct):
    """What was found: ``files`` (absolute paths, each once), of which ``named`` were named as such, and the
    ``folders`` that were walked; what went wrong; and what was passed over."""

    files: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    folders: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def display(path: str, cwd: str) -> str:
    """``path`` (absolute) as reports show it: relative to ``cwd`` if it lies below, with ``/``."""
    prefix = cwd.rstrip(os.sep) + os.sep
    return portable((path[len(prefix) :] if path.startswith(prefix) else path).replace(os.sep, "/")) or "."


class Walker:
    """Finds files below folders. ``config_of`` gives the configuration in force in a folder."""

    def __init__(self, cwd: str, config_of: Callable[[str], Config]) -> None:
        self._cwd = cwd
        self._config_of = config_of
        self._excludes: dict[tuple[str, str, tuple[str, ...]], Patterns] = {}
        self.marked: dict[str, bool] = {}
        """Of each folder that was listed, whether a project starts in it."""

    def discover(self, paths: Sequence[str]) -> Discovery:
        """The files that ``paths`` stand for: a file stands for itself, a folder for those that a walk finds."""
        found = Discovery()
        seen: dict[str, None] = {}
        for path in paths:
            absolute = os.path.normpath(os.path.join(self._cwd, path))
            if os.path.isdir(absolute):
                found.folders.append(absolute)
                seen.update(dict.fromkeys(self.walk(absolute, found)))
            elif os.path.isfile(absolute):
                found.named.add(absolute)
                seen[absolute] = None
            else:
                found.problems.append(Problem(display(absolute, self._cwd), 1, 1, _why_not(absolute)))
        found.files = sorted(seen)
        return found

    def siblings(self, path: str) -> list[str]:
        """The modules beside the file ``path``."""
        folder = os.path.dirname(path)
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            return []
        files = (os.path.join(folder, name) for name in names if name.endswith(SUFFIXES))
        return [file for file in files if os.path.isfile(file)]

    def walk(self, top: str, found: Discovery, *, one_project: bool = False) -> list[str]:
        """The files below the folder ``top``, as absolute paths. Problems and notes are added to ``found``.

        ``one_project`` stays out of folders that are projects of their own.
        """
        patterns = inherited(top, repository(top) or top)
        if is_ignored(top, True, patterns):  # it was asked for all the same
            patterns = []
        files: list[str] = []
        pending = [(top, patterns)]
        while pending:
            folder, patterns = pending.pop()
            try:
                with os.scandir(folder) as entries:
                    listing = sorted(entries, key=lambda entry: entry.name)
            except OSError as error:
                self._unreadable(folder, error, found)
                continue
            names = {entry.name for entry in listing}
            self.marked[folder] = is_marked(names)
            if folder != top and self._is_foreign(folder, names, one_project, found):
                continue
            own = gitignore(folder) if ".gitignore" in names else None
            if own is not None:
                patterns = [*patterns, own]
            excludes = self._excludes_in(folder, top)
            below = []
            for entry in listing:
                if self._is_left_out(entry, excludes, patterns):
                    continue
                kind = self._kind(entry, top, found)
                if kind == "folder":
                    below.append((entry.path, patterns))
                elif kind == "file":
                    files.append(entry.path)
            pending.extend(reversed(below))
        return files

    def _is_left_out(self, entry: os.DirEntry[str], excludes: Patterns, patterns: Iterable[Patterns]) -> bool:
        is_folder = entry.is_dir(follow_symlinks=False)
        if not is_folder and not entry.name.endswith(SUFFIXES) and not entry.is_symlink():
            return True
        return bool(excludes.match(entry.path, is_folder)) or is_ignored(entry.path, is_folder, patterns)

    def _kind(self, entry: os.DirEntry[str], top: str, found: Discovery) -> str:
        """``folder`` to walk, ``file`` to read, or nothing, with a note where someone might expect otherwise."""
        looks_python = entry.name.endswith(SUFFIXES)
        note = ""
        if entry.is_symlink():
            target = os.path.realpath(entry.path)
            if os.path.isdir(target):
                note = "a symbolic link to a folder"
            elif looks_python and not os.path.isfile(target):
                note = "a symbolic link that leads nowhere"
            elif looks_python and display(target, os.path.realpath(top)) != target.replace(os.sep, "/"):
                note = "a symbolic link to a file that is read itself"
            elif looks_python:
                return "file"
        elif entry.is_dir():
            if not looks_python:
                return "folder"
            note = "a folder with the name of a file"
        elif entry.is_file():
            return "file"
        else:
            note = "not a regular file"
        if note:
            found.notes.append(f"{display(entry.path, self._cwd)}: skipped: {note}")
        return ""

    def _is_foreign(self, folder: str, names: set[str], one_project: bool, found: Discovery) -> bool:
        if "pyvenv.cfg" in names or "conda-meta" in names:
            found.notes.append(f"{display(folder, self._cwd)}: skipped: a virtual environment")
            return True
        return one_project and not names.isdisjoint(MARKERS)

    def _excludes_in(self, folder: str, top: str) -> Patterns:
        config = self._config_of(folder)
        base = config.root or self._cwd
        lines = (*config.exclude, *config.extend_exclude)
        key = (top, base, lines)
        if key not in self._excludes:
            patterns = Patterns(base, lines)
            if patterns.match(top, True):  # it was asked for all the same: only what is below it can be excluded
                patterns = Patterns(base, [line for line in lines if not Patterns(base, [line]).match(top, True)])
            self._excludes[key] = patterns
        return self._excludes[key]

    def _unreadable(self, folder: str, error: OSError, found: Discovery) -> None:
        reason = f"could not be read: {error.strerror or type(error).__name__}"
        found.problems.append(Problem(display(folder, self._cwd), 1, 1, reason))


def _why_not(path: str) -> str:
    try:
        os.stat(path)
    except FileNotFoundError:
        return "is a symbolic link that leads nowhere" if os.path.islink(path) else "does not exist"
    except OSError as error:  # too many levels of symbolic links, no permission on the way
        return f"could not be read: {error.strerror or type(error).__name__}"
    return "is not a regular file"
