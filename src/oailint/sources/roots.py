"""Which project a file belongs to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", "oailint.toml", ".oailint.toml", ".git")
_MARKERS = frozenset(MARKERS)


def _homes() -> tuple[str, str]:
    home = os.path.expanduser("~")
    return home, os.path.realpath(home)


def is_marked(names: AbstractSet[str]) -> bool:
    """Whether a project starts in a folder that holds these names. In a package, ``setup.py`` is a module like any
    other."""
    found = names & _MARKERS
    return bool(found - {"setup.py"} if "__init__.py" in names else found)


def _is_marked(folder: str) -> bool:
    return is_marked({name for name in (*MARKERS, "__init__.py") if os.path.exists(os.path.join(folder, name))})


def project_root(folder: str, known: dict[str, str | None], marked: Mapping[str, bool]) -> str | None:
    """The nearest folder with a project marker, at or above ``folder`` (an absolute path); None without one.

    A home folder is never a project, whatever it holds, nor is the root of the file system: a run must not read
    either of them whole. ``known`` remembers answers from call to call. ``marked`` tells of folders that were listed
    already whether a project starts there.
    """
    if folder in known:
        return known[folder]
    above = os.path.dirname(folder)
    root: str | None
    if above == folder or folder in _homes():
        root = None
    elif marked[folder] if folder in marked else _is_marked(folder):
        root = folder
    else:
        root = project_root(above, known, marked)
    known[folder] = root
    return root
