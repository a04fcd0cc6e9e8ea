"""The parts of a project that do not import each other: each is linked on its own, so that memory is that of one."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct

from oailint import knowledge
from oailint.codec import Packed, imported
from oailint.facts import Broken, FileFacts, Import
from oailint.project.modules import Modules


class Parts(Struct, frozen=True):
    """``paths`` are those of files that are connected by imports, part by part; files without facts are in none.
    ``uses_openai`` says whether any file of the project imports the SDK."""

    paths: list[list[str]]
    uses_openai: bool


def components(files: Mapping[str, FileFacts | Broken], roots: tuple[str, ...]) -> Parts:
    """The parts of a project. ``roots`` are further import roots."""
    if isinstance(files, Packed):
        return divide({path: files.imports(path) for path in sorted(files) if not files.is_broken(path)}, roots)
    facts = ((path, files[path]) for path in sorted(files))
    return divide({path: imported(one) for path, one in facts if isinstance(one, FileFacts)}, roots)


def divide(imports: Mapping[str, AbstractSet[Import]], roots: tuple[str, ...]) -> Parts:
    """The parts of a project in which each file with facts ``imports`` what it does, by paths in their order."""
    sdk = set(knowledge.sdk().modules)
    uses_openai = any(
        not one.level and (one.module.partition(".")[0] == "openai" or one.module in sdk)
        for statements in imports.values()
        for one in statements
    )
    return Parts(parts(imports, roots), uses_openai)


def parts(imports: Mapping[str, AbstractSet[Import]], roots: tuple[str, ...]) -> list[list[str]]:
    """The files, whose imports are given by path, by what is connected. ``roots`` are further import roots."""
    paths = list(imports)
    modules = Modules(paths, roots)
    group = {path: path for path in paths}

    def top(path: str) -> str:
        while group[path] != path:
            group[path] = group[group[path]]
            path = group[path]
        return path

    loading = [path for path, statements in imports.items() if any(one.module == "importlib" for one in statements)]
    for path in loading:  # what it loads by name is most often in its own package
        for other in modules.below_top_package(path):
            group[top(path)] = top(other)
    for path, statements in imports.items():
        for statement in statements:
            number = modules.imported(path, statement)
            if number is not None and number >= 0:
                group[top(path)] = top(paths[number])
        # A package's modules belong together: they may be had as its attributes once somebody has imported them.
        folder = path.rpartition("/")[0]
        package = f"{folder}/__init__.py" if folder else "__init__.py"
        if package in group:
            group[top(path)] = top(package)
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(top(path), []).append(path)
    return list(found.values())
