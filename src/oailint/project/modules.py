"""Which file an import means: import roots, packages, relative imports.

A file may be imported under several names (``src/app/llm.py`` is ``app.llm`` with ``src`` on the path, ``llm`` beside
it), so
nothing is named in advance: a dotted name is searched below the roots that the importing file can have.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from oailint import knowledge
from oailint.facts import Import
from oailint.project.program import Program

SOURCE_ROOTS = ("", "src", "lib", "python")
"""Folders that are import roots by custom, relative to the project."""
ENDINGS = (".py", "/__init__.py", ".pyi", "/__init__.pyi")
"""How the file of a module may end; the first wins."""


@functools.cache
def known_distributions() -> frozenset[str]:
    """Top-level modules that the tables speak of: a project folder of that name does not hide them."""
    names: set[str] = set()
    for table in (knowledge.retries().tools, knowledge.throttles(), knowledge.fans().calls, knowledge.http().functions):
        names.update(name.partition(".")[0] for name in table)
    names.update(name.partition(".")[0] for name in (*knowledge.sdk().clients, *knowledge.sdk().vendors))
    return frozenset(names - {"builtins"})


class Found(NamedTuple):
    """What the ``prefix`` of a dotted name means: the file of that ``number``, -1 for a package without ``__init__``.
    ``place`` is its path, without an ending."""

    prefix: str
    number: int
    place: str


class Modules:
    """The modules of a project, by path. ``paths`` are relative to its root; ``roots`` are extra import roots
    (``src`` setting)."""

    def __init__(self, paths: Iterable[str], roots: Iterable[str] = ()) -> None:
        self.files = {path: number for number, path in enumerate(paths)}
        self.folders: set[str] = {""}
        self._names: set[str] = set()
        """The last names of all modules and packages: what begins with none of them is not the project's."""
        for path in self.files:
            folder = parent(path)
            self._names.add(path.rpartition("/")[2].partition(".")[0])
            while folder and folder not in self.folders:
                self.folders.add(folder)
                self._names.add(folder.rpartition("/")[2])
                folder = parent(folder)
        self._places = _places(self.files)
        self.roots = [*(root.strip("/").removeprefix("./") for root in roots), *SOURCE_ROOTS]
        self._found: dict[tuple[str, str], Found | None] = {}
        self._owners: dict[str, set[str]] | None = None

    def find(self, dotted: str, folder: str) -> Found | None:
        """The longest prefix of an absolute dotted name that is a module or package of the project.

        ``folder`` is the importing file's.
        """
        key = (dotted, folder)
        if key not in self._found:
            self._found[key] = self._search(dotted, folder)
        return self._found[key]

    def _search(self, dotted: str, folder: str) -> Found | None:
        if dotted.partition(".")[0] not in self._names:
            return None
        known = dotted.partition(".")[0] in known_distributions()
        best: Found | None = None
        for root in self.roots if known else self._candidates(folder):
            found = self._below(root, dotted)
            # The nearest root wins among those that know the most of the name: a module may be called like its package.
            if found is not None and (best is None or len(found.prefix) > len(best.prefix)):
                best = found
        if best is None and not known:
            owner = self._root_of(dotted.partition(".")[0])
            best = self._below(owner, dotted) if owner is not None else None
        return best

    def _root_of(self, top: str) -> str | None:
        """The import root, anywhere in the project, of another package of the same repository, if there is just one:
        ``packages/core/src`` for ``core``."""
        if top in sys.stdlib_module_names:
            return None
        if self._owners is None:
            self._owners = {}
            for path in self.files:
                self._note_owners(path)
        roots = self._owners.get(top, set())
        return next(iter(roots)) if len(roots) == 1 else None

    def _note_owners(self, path: str) -> None:
        """Enter the root that a file's package lies in: a folder called ``src``, one that holds a ``setup.py``, or one
        of the package's own name."""
        assert self._owners is not None
        inner, folder = path.removesuffix(".pyi").removesuffix(".py"), parent(path)
        while folder:
            top = inner.rpartition("/")[2]
            own_name = alike(folder.rpartition("/")[2]) == alike(top)
            if not self._is_package(folder) and (
                folder.rpartition("/")[2] in SOURCE_ROOTS or join(folder, "setup.py") in self.files or own_name
            ):
                self._owners.setdefault(top, set()).add(folder)
            inner, folder = folder, parent(folder)

    def below_top_package(self, path: str) -> list[str]:
        """The files of the outermost package that a file is in; none if it is in no package."""
        folder, outermost = parent(path), ""
        while folder and self._is_package(folder):
            outermost, folder = folder, parent(folder)
        return [one for one in self.files if one.startswith(f"{outermost}/")] if outermost else []

    def matching(self, pattern: str) -> list[int]:
        """The modules whose dotted name is, or ends in, ``pattern``, in which ``{}`` stands for a part of a name."""
        parts = [re.escape(part) for part in pattern.split("{}")]
        wanted = re.compile("(.*/)?" + "[^/]+".join(parts).replace(r"\.", "/") + r"(/__init__)?\.py")
        return [number for path, number in self.files.items() if wanted.fullmatch(path)]

    def _candidates(self, folder: str) -> Iterable[str]:
        """Import roots to try: the file's own folder and those above it, then the customary ones. A package's folder
        is a root only for scripts that are run in it, so it comes last."""
        packages = []
        while True:
            if self._is_package(folder):
                packages.append(folder)
            else:
                yield folder
            if not folder:
                break
            folder = parent(folder)
        yield from self.roots
        yield from packages

    def _is_package(self, folder: str) -> bool:
        return any(join(folder, name) in self.files for name in ("__init__.py", "__init__.pyi"))

    def _below(self, root: str, dotted: str) -> Found | None:
        parts = dotted.split(".")
        place = join(root, parts[0])
        if place not in self._places and place not in self.folders:
            return None  # nor is anything that is longer
        for length in range(len(parts), 0, -1):
            place = join(root, "/".join(parts[:length]))
            number = self.at(place)
            if number is not None and (number >= 0 or length == len(parts)):
                return Found(".".join(parts[:length]), number, place)
        return None

    def at(self, place: str) -> int | None:
        """The file of the module at a path without its ending, -1 for a bare folder, None if there is nothing."""
        number = self._places.get(place.lstrip("/"))
        if number is not None:
            return number
        return -1 if place and place in self.folders else None

    def imported(self, path: str, statement: Import) -> int | None:
        """The file that an import in the file ``path`` names, as far as its module goes."""
        if statement.level:
            place = self.relative(path, statement.level, statement.module)
            inner = self.at(join(place, statement.name)) if statement.name else None
            return inner if inner is not None and inner >= 0 else self.at(place)
        dotted = f"{statement.module}.{statement.name}" if statement.name not in ("", "*") else statement.module
        found = self.find(dotted, parent(path))
        return found.number if found is not None else None

    def relative(self, path: str, level: int, module: str) -> str:
        """The place (a path without ending) that a relative import in the file ``path`` starts from."""
        folder = parent(path)
        for _ in range(level - 1):
            folder = parent(folder)
        return join(folder, module.replace(".", "/")) if module else folder


def _places(files: Mapping[str, int]) -> dict[str, int]:
    """The file of the module at each path without its ending: the first by ``ENDINGS``."""
    places: dict[str, int] = {}
    for ending in reversed(ENDINGS):
        for path, number in files.items():
            if path.endswith(ending):
                places[path[: -len(ending)]] = number
            elif path == ending.lstrip("/"):
                places[""] = number
    return places


def telling_files(program: Program, modules: Modules) -> frozenset[int]:
    """The numbers of the files that import the SDK (or what stands for it, or an HTTP library) or that import such a
    file: where it does not matter which of too many values are followed, theirs come first."""
    sdk = set(knowledge.sdk().modules)
    http = {name.partition(".")[0] for name in (*knowledge.http().functions, *knowledge.http().sessions)}
    imports: dict[int, set[int]] = {}
    telling: set[int] = set()
    for info in program.scopes:
        for statement in info.facts.statements:
            if not isinstance(statement, Import):
                continue
            top = statement.module.partition(".")[0]
            if not statement.level and (top == "openai" or top in http or statement.module in sdk):
                telling.add(info.file)
            number = modules.imported(program.paths[info.file], statement)
            if number is not None and number >= 0:
                imports.setdefault(info.file, set()).add(number)
    return frozenset(telling | {file for file, others in imports.items() if others & telling})


def alike(name: str) -> str:
    """A name as packaging tools compare them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parent(path: str) -> str:
    return path.rpartition("/")[0]


def join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name else folder or name
