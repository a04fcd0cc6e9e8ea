"""Which library for retries a project has, by what it declares and imports."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

import tomli

LIBRARIES = ("tenacity", "stamina", "backoff")
"""The first that a project has is used."""

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_QUOTED = re.compile(r"""["']\s*([A-Za-z0-9][A-Za-z0-9._-]*)[^"']*["']""")


def form(root: str, imported: Iterable[str]) -> str:
    """The form of backoff for the project in the folder ``root``, whose files import the top modules ``imported``."""
    names = {name.lower().replace("_", "-") for name in _declared(root)} | set(imported)
    return next((library for library in LIBRARIES if library in names), "stdlib")


def _declared(root: str) -> Iterator[str]:
    """The names of the packages that a project says it needs, in any of the usual ways."""
    try:
        listing = sorted(os.listdir(root))
    except OSError:
        return
    for name in listing:
        if name == "pyproject.toml":
            yield from _of_table(_read(root, name))
        elif (name.startswith("requirements") and name.endswith((".txt", ".in"))) or name == "setup.cfg":
            yield from _of_lines(_read(root, name))
        elif name == "setup.py":
            yield from (found[1] for found in _QUOTED.finditer(_read(root, name)))
        elif name == "requirements" and os.path.isdir(os.path.join(root, name)):
            folder = os.path.join(root, name)
            for inner in sorted(os.listdir(folder)):
                if inner.endswith((".txt", ".in")):
                    yield from _of_lines(_read(folder, inner))


def _read(folder: str, name: str) -> str:
    try:
        with open(os.path.join(folder, name), encoding="utf-8-sig", errors="replace") as file:
            return file.read(1_000_000)
    except OSError:
        return ""


def _of_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        found = _NAME.match(line.partition("#")[0])
        if found:
            yield found[1]


def _of_table(text: str) -> Iterator[str]:
    try:
        table = tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError):
        return
    for keys in (("project",), ("tool", "poetry"), ("dependency-groups",), ("tool", "uv"), ("tool", "pdm")):
        found: object = table
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if keys == ("dependency-groups",):
            yield from _names(found)
        elif isinstance(found, dict):
            for key, value in found.items():
                if "dependencies" in key or key == "group":
                    yield from _names(value)


def _names(value: object) -> Iterator[str]:
    """Requirements in lists, and the keys of tables of requirements, however they are nested."""
    if isinstance(value, str):
        found = _NAME.match(value)
        if found:
            yield found[1]
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            if isinstance(item, (list, dict)):
                yield from _names(item)
