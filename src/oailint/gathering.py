"""The facts of the files of some projects: of those that are wanted, and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from oailint.codec import Packed
from oailint.config import Config
from oailint.incremental import Task
from oailint.loading import Item, load
from oailint.processes import Processes
from oailint.projects import Project
from oailint.settings import Options
from oailint.sources import read

if TYPE_CHECKING:
    from oailint.screening import Screen


class Gathering:
    """Loads the facts of ``items``, files by their paths, where ``loaded`` does not hold them yet; that grows.

    With ``remember``, ``used`` gets the digest of what the facts of each path were made from.
    """

    def __init__(
        self, items: dict[str, Item], loaded: Packed, options: Options, processes: Processes, *, remember: bool
    ) -> None:
        self.loaded = loaded
        self.used: dict[str, str] = {}
        self._items = items
        self._options = options
        self._processes = processes
        self._remember = remember

    def known(self, project: Project) -> Packed:
        """The facts that are there of a project, by the keys of its files."""
        return self.loaded.renamed({key: path for key, path in project.files.items() if path in self.loaded})

    def changed(self, projects: Sequence[Project], tasks: Mapping[str, Task]) -> None:
        """Load what the ``tasks``, by the roots of their projects, want if they do not want all."""

        def fetch(wanted: Callable[[Project], Iterable[str]]) -> None:
            paths = [project.files[key] for project in projects for key in wanted(project)]
            self._extract([self._items[path] for path in paths if path not in self.loaded])

        fetch(lambda project: tasks[project.root].first())
        fetch(lambda project: tasks[project.root].second(self.known(project)))

    def whole(self, projects: Sequence[tuple[Project, Config]]) -> None:
        """Load all files of ``projects``, each with its configuration as linking wants it; without facts those that
        cannot matter, if the options allow that."""
        screens: list[tuple[Project, Screen]] = []
        if self._options.screen:
            with self._options.stage("reading"):
                screens = [(project, self._screen(project, config)) for project, config in projects]
        wanted = {path: self._items[path] for project, _ in projects for path in project.files.values()}
        self._load(wanted, screens)
        self._items.clear()  # they hold contents

    def _screen(self, project: Project, config: Config) -> Screen:
        """Read the files of a project, and see which of them cannot matter. The items get the contents."""
        from oailint.screening import Screen

        data = {}
        for key, path in project.files.items():
            item = self._items[path]
            data[key] = item.data if item.data is not None else read(path, item.limit)
            self._items[path] = replace(item, data=data[key])
        return Screen(data, config)

    def _load(self, items: Mapping[str, Item], screens: Sequence[tuple[Project, Screen]]) -> None:
        """Load all ``items``. What turns out to have no facts can change which file an import means, and with it what
        may be passed over."""
        wanted = dict(items)
        passed: dict[str, set[str]] = {}
        for project, screen in screens:
            with self._options.stage("reading"):
                passed[project.root] = screen.passed_over(())
            for key in passed[project.root]:
                path = project.files[key]
                wanted[path] = replace(wanted[path], passed_over=True)
        unknown = [
            item
            for path, item in wanted.items()
            if path not in self.loaded or (not item.passed_over and self.loaded.is_passed_over(path))
        ]
        while unknown:
            self._extract(unknown)
            unknown = []
            for project, screen in screens:
                broken = [key for key, path in project.files.items() if self.loaded.is_broken(path)]
                still = screen.passed_over(broken) if broken and passed[project.root] else passed[project.root]
                again = [key for key in passed[project.root] - still if key not in broken]
                unknown += [self._items[project.files[key]] for key in again]
                passed[project.root] = passed[project.root] & still

    def _extract(self, items: Sequence[Item]) -> None:
        with self._options.stage("reading"):
            digests = self.used if self._remember else None
            known = load(items, self._processes, self._options.progress, self._options.stage, digests)
        self.loaded = self.loaded.updated(known)
