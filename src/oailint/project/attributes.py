"""What an attribute of a value is."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from oailint import facts, knowledge
from oailint.facts import Expr
from oailint.project import strings
from oailint.project.classes import NOWHERE_ELSE, OUTSIDE, Resolve
from oailint.project.memo import Memo
from oailint.project.state import Variable
from oailint.project.values import (
    FOREIGN,
    SOMETHING_UNKNOWN,
    UNKNOWN,
    Caught,
    CaughtText,
    CaughtType,
    Class,
    Client,
    Endpoint,
    External,
    Foreign,
    Function,
    Generator,
    Guess,
    Hidden,
    Instance,
    Items,
    Layered,
    Made,
    Member,
    Module,
    Package,
    Plain,
    String,
    Super,
    Unknown,
    Value,
    Values,
)

if TYPE_CHECKING:
    from oailint.project.expressions import Expressions

TEXT_METHODS = frozenset(
    [
        "lower",
        "upper",
        "strip",
        "lstrip",
        "rstrip",
        "casefold",
        "format",
        "replace",
        "removesuffix",
        "removeprefix",
        "title",
        "encode",
        "decode",
        "rsplit",
        "split",
        "splitlines",
        "partition",
        "rpartition",
        "join",
        "swapcase",
        "capitalize",
        "__str__",
        "__repr__",
    ]
)
"""Methods of ``str`` whose result holds the text (or a part of it)."""

TEXT_ATTRIBUTES = {
    "message": "message",
    "args": "str",
    "user_message": "message",
    "_message": "message",
    "msg": "message",
}
"""Attributes of an exception that hold its text."""

DEEPEST_PATH = 6
DEEPEST_NAME = 8
"""Dots in the names that are followed behind a client, and outside the project. A function that asks again and again
for an attribute of what it is given would make them without end."""

Origin = tuple[int, facts.Span]
"""Where an attribute path is written: file and place."""


class _Asked:
    """Many values that are asked for an attribute: ``classes`` and instances with the variables that hold it, what must
    be asked one by one, and what the others say."""

    __slots__ = ("absent", "answers", "classes", "outside", "plain", "readers", "single", "variables", "version")

    def __init__(
        self, classes: list[Class | Instance], variables: list[Variable], single: list[Value], answers: Values
    ) -> None:
        self.classes = classes
        self.variables = variables
        self.single = single
        self.answers = answers
        self.readers: set[int] = set()
        """The units that are known to all variables as readers."""
        self.version = -1
        self.absent: list[Class | Instance] = []
        """Of which nothing is known, when it was last asked in this ``version`` of the hierarchy."""
        self.outside: list[Class | Instance] = []
        """Those of the absent that must be asked for what they inherit."""
        self.plain = False
        """Whether there are absent ones that inherit nothing from outside the project."""


SAME_EVERYWHERE = (
    External, Foreign, Made, Member, Caught, CaughtText, CaughtType, String, Generator, Layered, Function, Items, Plain,
    Hidden,
)  # fmt: skip
"""Values whose attributes do not depend on where they are asked for, nor on what is learnt later."""


class Attributes:
    """Answers ``value.name`` for every kind of value."""

    def __init__(self, expressions: Expressions) -> None:
        self.expressions = expressions
        self.state = expressions.state
        self.program = expressions.program
        self.classes = expressions.classes
        self.sdk = knowledge.sdk()
        self._paths, self._guesses = _beginnings()
        self._methods: dict[int, tuple[int, str]] = {}
        self._sort = Memo(self._sorted)

    def of_all(self, bases: Values, name: str, origin: Origin, scope: int, written: Expr) -> Values:
        """``base.name`` of each of many values."""
        own = self._method(scope)[0]
        if own >= 0 and bases.isdisjoint((Class(own), Instance(own))):
            own = -1
        asked = self._sort((bases, name, own))
        if self.state.current not in asked.readers:
            for variable in asked.variables:
                self.state.look(variable)
            asked.readers.add(self.state.current)
        out = set(asked.answers.union(*[variable.values for variable in asked.variables]))
        absent = [one for one, variable in zip(asked.classes, asked.variables, strict=True) if not variable.values]
        if absent:
            resolve = self._resolving(name, origin, scope, written)
            self._note_absent(asked, absent, name)
            for base in asked.outside:
                out.update(self.classes.missing(base, name, resolve))
            if asked.plain:
                out.update(self.state.nothing_yet())
        for other in asked.single:
            out.update(self.of(other, name, origin, scope, written))
        return frozenset(out)

    def _note_absent(self, asked: _Asked, absent: list[Class | Instance], name: str) -> None:
        version = self.classes.version()
        if asked.version != version or asked.absent != absent:
            kinds = [self.classes.inherits(base, name) for base in absent]
            asked.version, asked.absent = version, absent
            asked.outside = [base for base, kind in zip(absent, kinds, strict=True) if kind == OUTSIDE]
            asked.plain = NOWHERE_ELSE in kinds

    def _sorted(self, asked: tuple[Values, str, int]) -> _Asked:
        """See ``_Asked``. ``own``, the class whose method asks, is asked in a way of its own."""
        bases, name, own = asked
        known = any(isinstance(base, (Instance, Class, Made, Client, Endpoint, Foreign)) for base in bases)
        classes: list[Class | Instance] = []
        single: list[Value] = []
        answers: set[Value] = set()
        for base in bases:
            if isinstance(base, (Class, Instance)) and base.scope != own and name != "__class__":
                classes.append(base)
            elif isinstance(base, SAME_EVERYWHERE):
                answers.update(self._other_attribute(base, name))
            elif known and isinstance(base, (Unknown, Guess)):
                continue  # what the receiver is known to be speaks louder than what else it might be
            else:
                single.append(base)
        variables = [self.classes.variable(base, name) for base in classes]
        return _Asked(classes, variables, single, frozenset(answers))

    def _resolving(self, name: str, origin: Origin, scope: int, written: Expr | None) -> Resolve:
        return lambda owner: self.of(owner, name, origin, scope, written)

    def of(self, base: Value, name: str, origin: Origin, scope: int, written: Expr | None = None) -> Iterable[Value]:
        """``base.name``. ``written`` is the source of the base, to describe a receiver that is unknown."""
        if isinstance(base, (Instance, Class, Super)):
            if name == "__class__" and isinstance(base, Instance):
                return (Class(base.scope),)
            return self.classes.member(base, name, self._resolving(name, origin, scope, written), self._method(scope))
        if isinstance(base, Module):
            return self._module_member(base, name)
        if isinstance(base, Package):
            found = self.state.modules.at(f"{base.name}/{name}")
            return (
                self.expressions.module_value(found, f"{base.name}/{name}") if found is not None else SOMETHING_UNKNOWN
            )
        if isinstance(base, Client):
            return (self._client_member(base, name, origin),)
        if isinstance(base, Endpoint):
            return (self._deeper(base, name, origin),)
        if isinstance(base, Guess):
            path = f"{base.path}.{name}"
            return (Guess(path, base.receiver, origin),) if path in self._guesses else SOMETHING_UNKNOWN
        if isinstance(base, Unknown):
            if name in self._guesses:
                return (Guess(name, strings.source(written) if written else "", origin),)
            return SOMETHING_UNKNOWN
        return self._other_attribute(base, name)

    def _method(self, scope: int) -> tuple[int, str]:
        """The class and name of the method that a scope is or stands in."""
        found = self._methods.get(scope)
        if found is None:
            found = (-1, "")
            one = scope
            while one >= 0:
                info = self.program.scopes[one]
                if info.parent >= 0 and self.program.scopes[info.parent].facts.kind == "class":
                    found = info.parent, info.facts.name
                    break
                one = info.parent
            self._methods[scope] = found
        return found

    def _module_member(self, base: Module, name: str) -> Iterable[Value]:
        found = self.expressions.module_attribute(base.scope, name, set())
        if found is not None:
            return found
        path = self.program.path_of(base.scope)
        if path.endswith(("__init__.py", "__init__.pyi")):
            number = self.state.modules.at(path.rpartition("/")[0] + "/" + name)
            if number is not None:
                return self.expressions.module_value(number, path.rpartition("/")[0] + "/" + name)
        return SOMETHING_UNKNOWN

    def _client_member(self, base: Client, name: str, origin: Origin) -> Value:
        if base.name == "openai" and base.site < 0:
            dotted = f"openai.{name}"
            if dotted in self.sdk.clients or dotted in knowledge.errors().classes or name in ("error", "types"):
                return External(dotted)
        if name in self.sdk.transparent:
            return base
        return Endpoint(base, name, origin) if name in self._paths else FOREIGN

    def _deeper(self, base: Endpoint, name: str, origin: Origin) -> Value:
        if name in self.sdk.transparent:
            return base
        if base.path in ("with_options", "copy", "_client") or base.path.count(".") >= DEEPEST_PATH:
            return UNKNOWN
        path = f"{base.path}.{name}"
        return Endpoint(base.client, path, origin) if path in self._paths else FOREIGN

    def _other_attribute(self, base: Value, name: str) -> Iterable[Value]:
        if isinstance(base, Foreign):
            return (FOREIGN,)
        if isinstance(base, External):
            deepest = 4 if base.name.startswith("builtins.") else DEEPEST_NAME
            return (self.expressions.external(f"{base.name}.{name}") if base.name.count(".") < deepest else FOREIGN,)
        if isinstance(base, Made):
            return (Member(base, name),)
        if isinstance(base, Member):
            return (Member(base.owner, f"{base.path}.{name}"),) if base.path.count(".") < 3 else SOMETHING_UNKNOWN
        if isinstance(base, Caught):
            if name in TEXT_ATTRIBUTES:
                return (CaughtText(base.scope, base.region, TEXT_ATTRIBUTES[name]),)
            if name in ("__str__", "__repr__"):
                return (CaughtText(base.scope, base.region, "str"),)
            if name == "__class__":
                return (CaughtType(base.scope, base.region),)
            return (base,) if name in ("__cause__", "__context__") else SOMETHING_UNKNOWN
        if isinstance(base, CaughtType) and name in ("__name__", "__qualname__"):
            return (CaughtText(base.scope, base.region, "class-name"),)
        if isinstance(base, (CaughtText, String)) and name in TEXT_METHODS:
            return (base,)
        if isinstance(base, Layered) and name in ("__wrapped__", "retry_with"):
            return (base,)
        if isinstance(base, Generator):
            return (FOREIGN,)
        return SOMETHING_UNKNOWN


@functools.cache
def _beginnings() -> tuple[frozenset[str], frozenset[str]]:
    """The paths behind a client, and those that tell of one, with all that they begin with."""
    sdk = knowledge.sdk()
    known = (*sdk.methods, *sdk.legacy, "with_options", "copy", "_client")
    paths = frozenset(path[: i or None] for path in known for i in dots(path))
    return paths, frozenset(path[: i or None] for path in sdk.distinctive for i in dots(path))


def dots(path: str) -> Iterator[int]:
    """Where a dotted path may be cut: at each dot, and (0) not at all."""
    yield 0
    for index, character in enumerate(path):
        if character == ".":
            yield index
