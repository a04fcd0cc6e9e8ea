"""Templates taken apart: imports, and definitions with what they need of each other."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

_TEMPLATES = Path(__file__).parent / "templates"

# SDK 0.x has no signatures to keep, and does not bring typing_extensions along.
_WITHOUT_SIGNATURES = (("Callable[_P, ", "Callable[..., "), ("_P.args", "Any"), ("_P.kwargs", "Any"))


class Import(Struct, frozen=True):
    """``import module``, or ``from module import name``."""

    module: str
    name: str | None = None

    @property
    def bound(self) -> str:
        """The name that the code uses."""
        return self.name or self.module


class Definition(Struct, frozen=True):
    """A statement of a template at module level, with the comment above it."""

    text: str
    defines: frozenset[str]
    uses: frozenset[str]
    is_block: bool
    """Whether a formatter keeps two blank lines around it."""


class Template(Struct, frozen=True):
    """All that the files of one form say."""

    imports: tuple[Import, ...]
    definitions: tuple[Definition, ...]

    def needed(self, wanted: Collection[str]) -> tuple[Definition, ...]:
        """The definitions of ``wanted`` and of what they use, in their order."""
        names = set(wanted)
        while True:
            chosen = tuple(definition for definition in self.definitions if definition.defines & names)
            more = names.union(*(definition.uses for definition in chosen))
            if more == names:
                return chosen
            names = more


@functools.cache
def load(form: str, api: str) -> Template:
    """The templates of ``form``, with the errors of ``api``, as one."""
    errors = (_TEMPLATES / f"errors_{api}.py").read_text(encoding="utf-8")
    helper = (_TEMPLATES / f"{form}.py").read_text(encoding="utf-8")
    if api == "v0":
        for typed, untyped in _WITHOUT_SIGNATURES:
            helper = helper.replace(typed, untyped)
    # What the definitions share comes first, as constants do.
    imports = dict.fromkeys([*_imports(errors), *_imports(helper)])
    return Template(tuple(imports), (*_definitions(errors), *_definitions(helper)))


@functools.cache
def load_limiter() -> Template:
    """The template of the helper that waits for a semaphore."""
    text = (_TEMPLATES / "limited.py").read_text(encoding="utf-8")
    return Template(tuple(_imports(text)), tuple(_definitions(text)))


def _imports(text: str) -> Iterator[Import]:
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (Import(node.module, alias.name) for alias in node.names)


def _definitions(text: str) -> Iterator[Definition]:
    lines = text.splitlines(keepends=True)
    end = 0
    for node in ast.parse(text).body:
        start, end = end, node.end_lineno or 0
        if not isinstance(node, ast.Import | ast.ImportFrom):
            yield _definition(node, "".join(lines[start:end]).lstrip("\n"))


def _definition(node: ast.stmt, text: str) -> Definition:
    names = [name for name in ast.walk(node) if isinstance(name, ast.Name)]
    uses = frozenset(name.id for name in names if isinstance(name.ctx, ast.Load))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return Definition(text, frozenset({node.name}), uses, is_block=True)
    return Definition(text, frozenset(name.id for name in names if isinstance(name.ctx, ast.Store)), uses, False)


def import_lines(imports: Iterable[Import], chosen: Mapping[str, str]) -> list[str]:
    """Statements for ``imports``, under the names ``chosen`` for some of them, in the order of isort.

    That is: the standard library first, ``import`` before ``from``, and each name with an alias on a line of its own.
    """
    groups: dict[tuple[bool, bool, str, str], list[str]] = {}
    for statement in imports:
        foreign = statement.module.split(".")[0] not in sys.stdlib_module_names
        alias = chosen.get(statement.bound, "")
        key = (foreign, statement.name is not None, statement.module, statement.bound if alias else "")
        groups.setdefault(key, []).append(f"{statement.bound} as {alias}" if alias else statement.bound)
    return [
        f"from {module} import {', '.join(sorted(names))}" if is_from else f"import {names[0]}"
        for (_, is_from, module, _), names in sorted(groups.items())
    ]
