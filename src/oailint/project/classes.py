"""Classes of the project: bases, members, instances."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from oailint import facts, knowledge
from oailint.project.state import HIERARCHY, State, Variable
from oailint.project.values import (
    SOMETHING_UNKNOWN,
    Class,
    Client,
    Endpoint,
    External,
    Function,
    Instance,
    Layered,
    Made,
    Super,
    Value,
)

Resolve = Callable[[Value], Iterable[Value]]

DEFINED, OUTSIDE, NOWHERE_ELSE = range(3)
"""Where an attribute of a class comes from: it or a base defines it, a base outside the project may, neither."""


class _Outside(NamedTuple):
    """The bases of a class, near or far, that are not the project's: their ``names``, nearest first, the SDK's
    ``client`` class among them, and an endpoint of the SDK that is one. ``version`` of the hierarchy."""

    version: int
    names: tuple[str, ...]
    client: str | None
    endpoint: Endpoint | None


class Classes:
    """Answers what a class's or an instance's attribute is, through bases and subclasses."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.program = state.program
        self._lineages: dict[int, tuple[int, tuple[int, ...]]] = {}
        self._outsides: dict[int, _Outside] = {}
        self._extending: set[tuple[int, str]] | None = None
        self._descents: dict[int, tuple[int, tuple[int, ...]]] = {}
        self._hierarchy = state.variable(HIERARCHY)
        self._members: dict[tuple[int, str, str], Variable] = {}
        self._inherited: dict[tuple[int, str], int] = {}
        """What ``inherits`` answered, as of ``_version`` of the hierarchy."""
        self._version = -1
        self._keeping: dict[tuple[int, str], tuple[int, tuple[int, ...] | None]] = {}

    def bases(self, scope: int) -> list[int]:
        """The base classes in the project, in the order of their definition."""
        return sorted(value.scope for value in self.state.read(("bases", scope)) if isinstance(value, Class))

    def lineage(self, scope: int, *, itself: bool = True) -> Sequence[int]:
        """The class (if ``itself``) and its bases, nearest first."""
        found = self._reached(scope, self._lineages, self.bases)
        return found if itself else found[1:]

    def descendants(self, scope: int) -> Sequence[int]:
        """All classes of the project that derive from the class."""
        return self._reached(scope, self._descents, self._subclasses)[1:]

    def _subclasses(self, scope: int) -> list[int]:
        return sorted(value.scope for value in self.state.read(("subclasses", scope)) if isinstance(value, Class))

    def _reached(
        self, scope: int, known: dict[int, tuple[int, tuple[int, ...]]], step: Callable[[int], list[int]]
    ) -> tuple[int, ...]:
        """The class and those reached from it by ``step``, remembered until some class gets another base."""
        self.state.look(self._hierarchy)
        version, found = known.get(scope, (-1, ()))
        if version != self.state.hierarchy:
            queue = [scope]
            for one in queue:
                queue.extend(base for base in step(one) if base not in queue)
            found = tuple(queue)
            known[scope] = self.state.hierarchy, found
        return found

    def external_bases(self, scope: int) -> Sequence[str]:
        return self._outside(scope).names

    def _outside(self, scope: int) -> _Outside:
        """What a class derives from that is not the project's, remembered until some class gets another base."""
        self.state.look(self._hierarchy)
        found = self._outsides.get(scope)
        if found is None or found.version != self.state.hierarchy:
            bases = [value for one in self.lineage(scope) for value in self.state.read(("bases", one))]
            names = tuple(value.name for value in bases if isinstance(value, External))
            clients = knowledge.sdk().clients
            client = next((name for name in names if name in clients), None)
            endpoint = next((value for value in bases if isinstance(value, Endpoint)), None)
            found = self._outsides[scope] = _Outside(self.state.hierarchy, names, client, endpoint)
        return found

    def method(self, scope: int, name: str) -> Iterator[Value]:
        """The raw definition of a method, from the nearest class that has one."""
        for one in self.lineage(scope):
            if name in self.program.scopes[one].names:
                yield from self.state.read(("name", one, name))
                return

    def member(
        self, base: Class | Instance | Super, name: str, resolve: Resolve, method: tuple[int, str] = (-1, "")
    ) -> Iterable[Value]:
        """``base.name``. ``resolve`` answers for an external base class.

        ``method`` is the class and name of the method that asks: a subclass that overrides it never runs it.
        """
        if isinstance(base, Super):
            out, found = self._gather(base, name, ())
            return out if out or found else self._from_outside(base, name, resolve)
        within = self._not_overriding(*method) if method[0] == base.scope else None
        if within is None:
            known = self.state.look(self.variable(base, name))
            return known or self.missing(base, name, resolve)
        out, found = self._gather(base, name, within)
        return out if out or found else self._from_outside(base, name, resolve)

    def variable(self, base: Class | Instance, name: str) -> Variable:
        """The variable that holds what ``base.name`` is in the project."""
        found = self._members.get((base.scope, name, base.tag))
        if found is None:
            found = self._members[base.scope, name, base.tag] = self.state.derived(
                ("member", base.scope, name, base.tag),
                lambda: self._gather(base, name, self.descendants(base.scope))[0],
            )
        return found

    def missing(self, base: Class | Instance, name: str, resolve: Resolve) -> Iterable[Value]:
        """``base.name``, of which nothing is known in the project."""
        return () if self.inherits(base, name) == DEFINED else self._from_outside(base, name, resolve)

    def version(self) -> int:
        """Another number whenever some class has got another base; who asks is told."""
        self.state.look(self._hierarchy)
        return self.state.hierarchy

    def inherits(self, base: Class | Instance, name: str) -> int:
        """Where an attribute can come from of which nothing is known."""
        if self._version != self.version():
            self._inherited.clear()
            self._version = self.state.hierarchy
        found = self._inherited.get((base.scope, name))
        if found is None:
            outside = self._outside(base.scope)
            if any(name in self.program.scopes[one].names for one in self.lineage(base.scope)):
                found = DEFINED
            elif name == "__new__" or outside.names or outside.endpoint is not None:
                found = OUTSIDE
            else:
                found = NOWHERE_ELSE
            self._inherited[base.scope, name] = found
        return found

    def _not_overriding(self, scope: int, name: str) -> tuple[int, ...] | None:
        """The subclasses that run the method ``name`` of a class; None if all do."""
        self.state.look(self._hierarchy)
        version, found = self._keeping.get((scope, name), (-1, None))
        if version != self.state.hierarchy:
            descendants = self.descendants(scope)
            kept = tuple(one for one in descendants if not self._overrides(one, scope, name))
            found = kept if len(kept) < len(descendants) else None
            self._keeping[scope, name] = self.state.hierarchy, found
        return found

    def _gather(
        self, base: Class | Instance | Super, name: str, descendants: Iterable[int]
    ) -> tuple[Collection[Value], bool]:
        """What ``base.name`` is in the project, and whether a class at or above the base defines it."""
        out: set[Value] = set()
        found = False
        bound = not isinstance(base, Class)
        for one in self.lineage(base.scope, itself=not isinstance(base, Super)):
            self._stored(one, name, out)
            if not found and name in self.program.scopes[one].names:
                found = True
                self._defined(one, name, bound, out)
        for one in descendants:
            self._stored(one, name, out)
            if name in self.program.scopes[one].names:
                self._defined(one, name, bound, out)
        return out, found

    def _overrides(self, scope: int, base: int, name: str) -> bool:
        """Whether a subclass finds a method in itself or before it comes to ``base``."""
        for one in self.lineage(scope):
            if one == base:
                return False
            if name in self.program.scopes[one].names:
                return (one, name) not in self._extends()
        return False

    def _extends(self) -> set[tuple[int, str]]:
        """The overriding methods that call what they override (``super().name(...)``), by class and name."""
        if self._extending is None:
            self._extending = {
                (self.program.scopes[site.scope].parent, site.call.func.name)
                for site in self.program.sites
                if isinstance(site.call.func, facts.Attribute)
                and isinstance(site.call.func.value, facts.Call)
                and site.call.func.value.func == facts.Name("super")
                and self.program.scopes[site.scope].facts.name == site.call.func.name
            }
        return self._extending

    def _stored(self, scope: int, name: str, out: set[Value]) -> None:
        out.update(self.state.read(("attr", scope, name)))

    def _defined(self, scope: int, name: str, bound: bool, out: set[Value]) -> None:
        for value in self.state.read(("name", scope, name)):
            out.update(self.bind(value, bound))

    def bind(self, value: Value, bound: bool) -> Iterable[Value]:
        """A class's attribute as seen through an instance (``bound``) or the class itself."""
        if isinstance(value, Layered):
            return [
                Layered(inner, value.layer)
                for inner in self.bind(value.inner, bound)
                if isinstance(inner, (Function, Layered))
            ]
        if not isinstance(value, Function):
            return (value,)
        if value.scope in self.state.properties:
            return self.state.read(("return", value.scope)) if bound else SOMETHING_UNKNOWN
        if value.scope in self.state.statics:
            return (value,)
        if bound or value.scope in self.state.class_methods:
            parent = self.program.scopes[value.scope].parent
            in_class = parent >= 0 and self.program.scopes[parent].facts.kind == "class"
            return (value._replace(bound=True),) if in_class or value.context >= 0 else (value,)
        return (value,)

    def _from_outside(self, base: Class | Instance | Super, name: str, resolve: Resolve) -> Iterable[Value]:
        if name == "__new__":
            return (External("builtins.object.__new__"),)
        outside = self._outside(base.scope)
        if outside.client is not None:
            return resolve(Client(outside.client, self._made_at(base.scope)))
        for name_of_base in outside.names:
            if name_of_base not in ("builtins.object", "abc.ABC", "typing.Protocol", "typing.Generic"):
                return resolve(Made(name_of_base))
        if outside.endpoint is not None:  # class ChatCompletion(openai.ChatCompletion)
            return resolve(outside.endpoint)
        return self.state.nothing_yet()

    def _made_at(self, scope: int) -> int:
        """The call that sets up the client that a class of the project derives from: ``super().__init__(...)`` where it
        has an ``__init__``, else the one call that makes an instance; -1 if there are others."""
        for one in self.lineage(scope):
            for child in self.program.scopes[one].children:
                if self.program.scopes[child].facts.name == "__init__":
                    inits = [number for number in self.program.scopes[child].sites if self._is_super_init(number)]
                    return inits[0] if len(inits) == 1 else -1
        made = self.state.constructed.get(scope, set())
        return next(iter(made)) if len(made) == 1 else -1

    def _is_super_init(self, number: int) -> bool:
        func = self.program.sites[number].call.func
        return isinstance(func, facts.Attribute) and func.name == "__init__" and isinstance(func.value, facts.Call)

    def fields(self, scope: int) -> list[str]:
        """The annotated names of a class and its bases in order: the parameters of a dataclass."""
        names: list[str] = []
        for one in reversed(list(self.lineage(scope))):
            for statement in self.program.scopes[one].facts.statements:
                if isinstance(statement, facts.Assign) and statement.annotation is not None:
                    for target in statement.targets:
                        if isinstance(target, facts.Name) and target.id not in names:
                            names.append(target.id)
        return names
