"""Which files make up a project, and where it begins."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from oailint.sources import Discovery, Walker, project_root


class Project(Struct, frozen=True):
    """A project's folder, the keys of the files to report, and the path of each file by its key."""

    root: str
    reported: set[str] = field(default_factory=set)
    files: dict[str, str] = field(default_factory=dict)


class Projects:
    """Finds the projects that files belong to. ``added`` are files by the root of their project that belong to it
    though they are not on disk."""

    def __init__(self, walker: Walker, added: Mapping[str, Sequence[str]]) -> None:
        self._walker = walker
        self._added = added
        self._roots: dict[str, str | None] = {}

    def of(self, found: Discovery, *, alone: bool) -> list[Project]:
        """The files in ``found`` by project, each with what else is in it, unless they are to be ``alone``."""
        by_root: dict[str, list[str]] = {}
        for path in found.files:
            by_root.setdefault(self._root(path, found.folders), []).append(path)
        projects = []
        for root, reported in sorted(by_root.items()):
            others = [] if alone else self._others(root, reported, found.folders)
            files = {_key(path, root): path for path in sorted({*reported, *others, *self._added.get(root, ())})}
            projects.append(Project(root, {_key(path, root) for path in reported}, files))
        return projects

    def is_marked(self, project: Project) -> bool:
        """Whether something on disk says where the project begins; if not, others may see more or less of it."""
        return self._roots.get(project.root) is not None

    def _root(self, path: str, folders: Sequence[str]) -> str:
        folder = os.path.dirname(path)
        root = project_root(folder, self._roots, self._walker.marked)
        if root is not None:
            return root
        above = [top for top in folders if is_below(folder, top)]
        return min(above, key=len) if above else folder

    def _others(self, root: str, reported: Sequence[str], folders: Sequence[str]) -> list[str]:
        """Files of the project in ``root`` that are not reported but may say what those that are mean."""
        if any(is_below(root, folder) for folder in folders):
            return []
        if self._roots.get(root) is None:
            return self._walker.siblings(reported[0])
        aside = Discovery()  # what goes wrong on the way concerns files that nobody asked for
        return self._walker.walk(root, aside, one_project=True)


def is_below(path: str, folder: str) -> bool:
    """Whether ``path`` is ``folder`` or something in it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _key(path: str, root: str) -> str:
    prefix = root.rstrip(os.sep) + os.sep
    inside = path[len(prefix) :] if path.startswith(prefix) else os.path.relpath(path, root)
    return inside.replace(os.sep, "/")
