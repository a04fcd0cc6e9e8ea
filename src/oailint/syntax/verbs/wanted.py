"""An import that a change needs. No parser is needed for this."""

from __future__ import annotations

from msgspec import Struct


class Wanted(Struct, frozen=True, order=True):
    """``import module``, or ``from module import name`` (``module`` may begin with dots), with an optional alias."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def statement(self) -> str:
        """The import as a statement."""
        tail = f" as {self.alias}" if self.alias else ""
        return f"from {self.module} import {self.name}{tail}" if self.name else f"import {self.module}{tail}"

    @property
    def bound(self) -> str:
        """The name that it binds."""
        return self.alias or self.name or self.module.split(".")[0]

    @property
    def dotted(self) -> str:
        """What that name then means."""
        if self.name:
            return f"{self.module}{'' if self.module.endswith('.') else '.'}{self.name}"
        return self.module if self.alias else self.module.split(".")[0]


def parse(statement: str) -> list[Wanted]:
    """The imports of one import statement on one line, as helpers have them."""
    words = statement.split()
    if words[0] == "import":
        return [Wanted(name, alias=alias) for name, alias in _entries(statement[len("import") :])]
    return [Wanted(words[1], name, alias) for name, alias in _entries(statement.partition(" import ")[2])]


def _entries(text: str) -> list[tuple[str, str]]:
    entries = (entry.partition(" as ") for entry in text.strip(" ()").split(","))
    return [(name.strip(), alias.strip()) for name, _, alias in entries if name.strip()]
