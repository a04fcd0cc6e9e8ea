"""Where a helper goes that a file needs: into the file, or into a module of its package, and how that is imported."""

from __future__ import annotations

from oailint.fixing.workspace import Sheets
from oailint.syntax.verbs.wanted import Wanted


class Places:
    """Answers for the files of one workspace."""

    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets
        self._workspace = sheets.workspace

    def module(self, path: str, name: str) -> tuple[str, str] | None:
        """The path and the dotted name of the module ``name`` of the package of a file; None if it has no package."""
        top = self.top_package(path)
        if top is None or self.is_script_like(path):
            return None
        package = self._package(path, top)
        if not package:
            return None
        return "/".join(part for part in (top, name) if part), f"{package}.{name.removesuffix('.py')}"

    def _package(self, path: str, top: str) -> str:
        """What a file calls the package in the folder ``top``; empty if that cannot be told.

        Folders without an ``__init__.py`` may be packages as well: what the file imports tells where names start.
        """
        folder, _, name = top.rpartition("/")
        if not top or folder in {"" if root in (".", "") else root.rstrip("/") for root in self._workspace.roots}:
            return name or self._workspace.package
        found = {one.dotted for names in self._sheets.bindings(path).module_names.values() for one in names}
        heads = {one.split(".")[0] for one in found if one}
        parts = top.split("/")
        for index, part in enumerate(parts):
            if part in heads:
                return ".".join(parts[index:])
        return name if "" in heads else ""  # it is imported relatively

    def top_package(self, path: str) -> str | None:
        """The folder of the top package that a file is in; empty where that is the project's own folder."""
        folder, top = path.rpartition("/")[0], None
        while folder and f"{folder}/__init__.py" in self._workspace.files:
            folder, top = folder.rpartition("/")[0], folder
        return "" if not folder and self._workspace.package else top

    def is_script_like(self, path: str) -> bool:
        """Whether a file in a package imports its neighbours as if the package were none: it runs as a script."""
        folder = path.rpartition("/")[0]
        for bindings in self._sheets.bindings(path).module_names.values():
            for one in bindings:
                top = one.dotted.split(".")[0]
                if top and f"{folder}/{top}.py" in self._workspace.files and self.resolve("", top) is None:
                    return True
        return False

    def import_of(self, path: str, where: str, dotted: str, name: str) -> Wanted:
        """The import of the helper in the style that the file has for its own package."""
        own = dotted.split(".")[0]
        found = [one.dotted for names in self._sheets.bindings(path).module_names.values() for one in names]
        is_relative = any(one.startswith(".") for one in found) and not any(one.split(".")[0] == own for one in found)
        top = self.top_package(path)
        if not (is_relative and top is not None and where.startswith(f"{top}/" if top else "")):
            return Wanted(dotted, name)
        folder, target = path.rpartition("/")[0], where.rpartition("/")[0]
        level, inner = 1, folder
        while inner and inner != target and not target.startswith(f"{inner}/"):
            level, inner = level + 1, inner.rpartition("/")[0]
        below = target[len(inner) :].strip("/").replace("/", ".")
        module = ".".join(part for part in (below, where.rpartition("/")[2].removesuffix(".py")) if part)
        return Wanted("." * level + module, name)

    def resolve(self, path: str, module: str) -> str | None:
        """The file of the project that ``module`` means in the file ``path``."""
        name = module.lstrip(".")
        level = len(module) - len(name)
        folder = path.rpartition("/")[0]
        if level:
            parts = folder.split("/") if folder else []
            bases = ["/".join(parts[: len(parts) - level + 1])]
        else:
            bases = [*("" if root in (".", "") else root.rstrip("/") for root in self._workspace.roots), folder]
        for base in bases:
            stem = "/".join(part for part in (base, *name.split(".")) if part)
            for candidate in (f"{stem}.py", f"{stem}/__init__.py"):
                if candidate in self._workspace.files:
                    return candidate
        return None
