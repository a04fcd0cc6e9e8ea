"""Which project a file belongs to."""

from __future__ import annotations

import os

MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", "oailint.toml", ".oailint.toml", ".git")


def _homes() -> tuple[str, str]:
    home = os.path.expanduser("~")
    return home, os.path.realpath(home)


def _is_marked(folder: str) -> bool:
    """Whether a project starts in a folder. In a package, ``setup.py`` is a module like any other."""
    package = os.path.exists(os.path.join(folder, "__init__.py"))
    return any(
        os.path.exists(os.path.join(folder, marker)) for marker in MARKERS if not (package and marker == "setup.py")
    )


def project_root(folder: str, known: dict[str, str | None]) -> str | None:
    """The nearest folder with a project marker, at or above ``folder`` (an absolute path); None without one.

    A home folder is never a project, whatever it holds, nor is the root of the file system: a run must not read
    either of them whole. ``known`` remembers answers from call to call.
    """
    if folder in known:
        return known[folder]
    above = os.path.dirname(folder)
    root: str | None
    if above == folder or folder in _homes():
        root = None
    elif _is_marked(folder):
        root = folder
    else:
        root = project_root(above, known)
    known[folder] = root
    return root
