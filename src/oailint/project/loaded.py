"""Modules and classes that a program loads by their dotted names, held in texts: ``importlib.import_module(...)``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from oailint.project import strings
from oailint.project.program import Site
from oailint.project.state import State
from oailint.project.values import Class, Module, String, Value, Values

LOADERS = ("importlib.import_module", "importlib.__import__", "django.utils.module_loading.import_string")
MOST_MODULES = 64
"""Modules that one pattern (``plugins.{name}``) may mean; more say nothing."""
DOTTED = re.compile(r"\.?[A-Za-z_{}][\w{}]*([.:][A-Za-z_{}][\w{}]*)+")


class Loaded:
    """Answers which module or class of the project a text names."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.program = state.program
        self._named: dict[str, tuple[int, ...]] = {}

    def names_one(self, value: Value) -> bool:
        """Whether a text is the dotted name of a module of the project, or of something in one."""
        return isinstance(value, String) and bool(self._modules(value.text))

    def modules(self, names: Values, site: Site) -> list[Value]:
        """The modules that ``import_module(name)`` may load."""
        found: set[int] = set()
        for value in names:
            if isinstance(value, String):
                text = value.text
                if text.startswith("."):  # beside the file that loads it, which is what its package nearly always is
                    folder = self.program.path_of(site.scope).rpartition("/")[0].replace("/", ".")
                    text = folder + text if folder else text.lstrip(".")
                found.update(self._modules(text))
        return [Module(self.program.first_scope[number]) for number in sorted(found)]

    def members(self, module: Module, name: str) -> list[str]:
        """The names of a module that a text may mean: its last part, or all classes that it fits if parts are not
        known."""
        leaf = re.split("[.:]", name)[-1]
        if strings.HOLE not in leaf:
            return [leaf] if leaf.isidentifier() else []
        wanted = re.compile(r"\w+".join(map(re.escape, leaf.split(strings.HOLE))))
        if leaf == strings.HOLE:
            return []
        return sorted(one for one in self._classes(module) if wanted.fullmatch(one))

    def _classes(self, module: Module) -> Iterable[str]:
        for name in self.program.scopes[module.scope].names:
            if any(isinstance(value, Class) for value in self.state.read(("name", module.scope, name))):
                yield name

    def _modules(self, text: str) -> tuple[int, ...]:
        if text not in self._named:
            self._named[text] = self._search(text) if len(text) < 200 and DOTTED.fullmatch(text) else ()
        return self._named[text]

    def _search(self, text: str) -> tuple[int, ...]:
        text = text.replace(":", ".")
        for pattern in (text, text.rpartition(".")[0]):
            if pattern.replace(strings.HOLE, "").strip("._"):
                found = self.state.modules.matching(pattern)
                if found and len(found) <= MOST_MODULES:
                    return tuple(found)
        return ()
