"""What linking has learnt so far: the values of every variable, who calls whom, and where requests are sent.

Variables are keys; every change of one queues the units (statements, headers) that read it. Values only grow, so that
linking ends, whatever the order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple, TypeGuard

from oailint.config import Config
from oailint.project.modules import Modules, telling_files
from oailint.project.program import Program
from oailint.project.values import (
    NOTHING,
    SOMETHING_UNKNOWN,
    UNKNOWN,
    Caught,
    CaughtType,
    Class,
    Endpoint,
    Function,
    Guess,
    Instance,
    Items,
    Layered,
    String,
    Value,
    Values,
)

Key = tuple[str | int, ...]
"""``("name", scope, name)``, ``("attr", class, name)``, ``("return", scope)``, ``("yield", scope)``, ``("items",
node)``,
``("bases", class)``, ``("subclasses", class)``, ``("setting", dotted)``."""

Unit = tuple[Any, ...]
"""A function and its arguments, which are to run again when what it reads has grown. There are as many as statements:
this is the smallest form."""

HIERARCHY: Key = ("hierarchy",)
"""Read by whoever asks for the bases or subclasses of a class; has no values."""

FEW_VALUES = 12
"""Up to so many values a variable takes unasked."""
LIMITS = {
    "string": 24, "items": 24, "plain": 8, "hidden": 12, "member": 16, "external": 48, "made": 48, "guess": 64,
    "endpoint": 64, "instance": 96, "class": 96, "function": 192,
}  # fmt: skip
MOST_VALUES = 192
"""A variable holds at most so many values of a kind; what comes after is not followed. Data structures nested in one
another would otherwise make every variable that they pass through hold everything."""


def limit_of(kind: tuple[str, bool]) -> int:
    limit = LIMITS.get(kind[0], MOST_VALUES)
    return limit if kind[1] else limit // 2


MOST_GIVERS = 256
"""Calls that gave one callable to one parameter and are told apart."""

Layers = tuple[tuple[str, int], ...]
Route = tuple[int, str] | None
"""The parameter (scope, name) through which a callee reached its call, if it did."""


class Edge(NamedTuple):
    """``site`` runs the scope ``callee``. ``via`` says how: ``call``, or a kind of ``knowledge.FanOut``; ``layers``
    are the retry
    layers of libraries around the callee, innermost first."""

    site: int
    callee: int
    context: int
    via: str
    layers: Layers
    route: Route


class Send(NamedTuple):
    """``site`` sends the request whose method is ``target``. ``http`` for raw HTTP."""

    site: int
    target: Endpoint | Guess | None
    via: str
    layers: Layers
    route: Route


MOST_SHARED = 4096
"""Sets of values that are looked through for an equal one."""


class Variable:
    """What is known of one key: its values, and the units that read them."""

    __slots__ = ("readers", "refused", "room", "values")

    def __init__(self) -> None:
        self.values: Values = NOTHING
        """A frozen set, since it is read far more often than it grows."""
        self.readers: set[int] | int = -1
        """The units, or the one (-1: none), as more than half of all variables have no more."""
        self.room: dict[tuple[str, bool], int] | None = None
        """How many values of a kind may still come, once there are more than a few."""
        self.refused: Values = NOTHING
        """Values that came too late. Room only shrinks, so they stay out as long as there are more than a few."""


class State:
    """See the module."""

    def __init__(self, program: Program, modules: Modules, config: Config, *, uses_openai: bool = False) -> None:
        self.uses_openai = uses_openai
        """Whether a file of the project, linked with this program or not, imports the SDK."""
        self.program = program
        self.modules = modules
        self.config = config
        self.variables: dict[Key, Variable] = {}
        self._telling_texts: dict[str, bool] = {}
        self.telling = telling_files(program, modules)
        self.hierarchy = 0
        self._derived: set[Key] = set()
        self._sets: dict[Values, Values] = {}
        """The latest sets of values that variables took."""
        self.units: list[Unit] = []
        self.queue: deque[int] = deque()
        self.queued: set[int] = set()
        self.current = -1
        self.settling = False
        self.waiting: set[int] = set()
        self.giving_up = False
        self.undecorated: set[int] = set()
        """Definitions whose decorator has returned nothing known; if it stays so, it leaves them as they are."""
        self.edges: dict[Edge, None] = {}
        self.sends: dict[Send, None] = {}
        self.passed: dict[tuple[int, str], dict[Value, set[int]]] = {}
        self.client_classes = program.named(config.clients)
        self.retrying = program.named(config.retries)
        self.throttling = program.named(config.throttles)
        self.contexts: dict[int, set[int]] = {}
        self.constructed: dict[int, set[int]] = {}
        self.lengths: dict[int, int] = {}
        self.promised: dict[int, int] = {}
        """The containers that annotations promise, by the identity of the annotation."""
        self.grown: set[int] = set()
        """Lists and dicts that something is added to, by the number of their display."""
        self.bases: dict[int, set[str]] = {}
        self.http: dict[int, set[Value]] = {}
        self.keys: dict[tuple[int, str], set[Value]] = {}
        self.defined_layers: dict[int, set[tuple[str, int]]] = {}
        self.properties: set[int] = set()
        self.statics: set[int] = set()
        self.class_methods: set[int] = set()
        self.context_managers: set[int] = set()

    def variable(self, key: Key) -> Variable:
        found = self.variables.get(key)
        if found is None:
            found = self.variables[key] = Variable()
        return found

    def known(self, key: Key) -> Values:
        """The values known of a variable, for those who need not hear when they grow."""
        found = self.variables.get(key)
        return found.values if found is not None else NOTHING

    def read(self, key: Key) -> Values:
        """The values known of a variable. The unit that runs now runs again when they grow."""
        found = self.variables.get(key)
        if self.current < 0:
            return found.values if found is not None else NOTHING
        if found is None:
            found = self.variables[key] = Variable()
        return self.look(found)

    def look(self, variable: Variable) -> Values:
        """``read``, of a variable that has been looked up before."""
        current = self.current
        if current >= 0:
            readers = variable.readers
            if isinstance(readers, set):
                readers.add(current)
            elif readers != current:
                variable.readers = current if readers < 0 else {readers, current}
        return variable.values

    def add(self, key: Key, values: Iterable[Value]) -> None:
        given = frozenset(values)
        if not given:
            return
        variable = self.variables.get(key)
        if variable is None:
            variable = self.variables[key] = Variable()
        known = variable.values
        if given <= known:
            return
        new: Collection[Value] = given - known
        if len(known) + len(new) > FEW_VALUES:
            new = (given - known) - variable.refused
            if not new:
                return
            taken = self._within_limits(variable, new)
            if len(taken) < len(new):
                variable.refused = variable.refused.union(new).difference(taken)
            new = taken
        if new:
            variable.values = self._shared(known.union(new))
            self._grown(variable)
            if key[0] in ("bases", "subclasses"):
                self.hierarchy += 1
                self._grown(self.variable(HIERARCHY))

    def _shared(self, values: Values) -> Values:
        """The set that other variables have, if it is equal: two thirds of all are. Only the latest are known, since
        those that variables have outgrown would cost more than is saved."""
        if len(self._sets) >= MOST_SHARED:
            self._sets.clear()
        return self._sets.setdefault(values, values)

    def _within_limits(self, variable: Variable, new: Collection[Value]) -> list[Value]:
        """The new values that a variable may still take, the same ones whatever the order of a set.

        What tells of OpenAI has room of its own, so that other values cannot crowd it out.
        """
        room = variable.room
        if room is None:
            room = variable.room = {}
            for value in variable.values:
                kind = (value[-1], self._tells(value))
                room[kind] = room.get(kind, limit_of(kind)) - 1
        kinds: dict[tuple[str, bool], list[Value]] = {}
        for value in new:
            kind = (value[-1], self._tells(value))
            if room.get(kind, 1) > 0:
                kinds.setdefault(kind, []).append(value)
        taken: list[Value] = []
        for kind, values in sorted(kinds.items()):
            left = room.get(kind, limit_of(kind))
            chosen = values if len(values) <= left else sorted(values, key=repr)[:left]
            room[kind] = left - len(chosen)
            taken += chosen
        return taken

    def _tells(self, value: Value) -> bool:
        """Whether what a value stands for is in a file that speaks of OpenAI, or imports one that does."""
        if isinstance(value, (Instance, Class, Function)):
            return self.program.scopes[value.scope].file in self.telling
        if isinstance(value, String):
            found = self._telling_texts.get(value.text)
            if found is None:
                found = self._telling_texts[value.text] = "openai" in value.text.lower()
            return found
        return value.tag in ("client", "endpoint", "guess", "layered")

    def _grown(self, variable: Variable) -> None:
        queued, readers = self.queued, variable.readers
        if not isinstance(readers, set):
            if readers >= 0:
                self.enqueue(readers)
            return
        for unit in readers:
            if unit not in queued:
                queued.add(unit)
                self.queue.append(unit)

    def derived(self, key: Key, work: Callable[[], Iterable[Value]]) -> Variable:
        """The variable that is what ``work`` gives, here and whenever what it reads has grown.

        Many ask the same of a class; this way only one answer is kept up to date.
        """
        if key not in self._derived:
            self._derived.add(key)
            unit = len(self.units)
            self.units.append((self._derive, key, work))
            asking, self.current = self.current, unit
            self._derive(key, work)
            self.current = asking
        return self.variable(key)

    def _derive(self, key: Key, work: Callable[[], Iterable[Value]]) -> None:
        self.add(key, work())

    def enqueue(self, unit: int) -> None:
        if unit not in self.queued:
            self.queued.add(unit)
            self.queue.append(unit)

    def run(self) -> None:
        """Run queued units until nothing changes."""
        while self.queue:
            unit = self.queue.popleft()
            self.queued.discard(unit)
            self.current = unit
            work = self.units[unit]
            work[0](*work[1:])
        self.current = -1

    def settle(self) -> None:
        """Say of every variable that is read and has no value that it is unknown, and go on from there."""
        self.settling = True
        for unit in sorted(self.waiting):
            self.enqueue(unit)
        self._fill()
        self.giving_up = True
        for unit in sorted(self.undecorated):
            self.enqueue(unit)
        self._fill()

    def rest(self) -> None:
        """Let go of the units, and of who reads what: nothing is going to run again."""
        self.units.clear()
        for variable in self.variables.values():
            variable.readers = -1

    def _fill(self) -> None:
        for _ in range(4):
            self.run()
            empty = [key for key, one in self.variables.items() if not one.values and key[0] == "name"]
            if not empty:
                break
            for key in empty:
                self.add(key, (UNKNOWN,))
        self.run()

    def nothing_yet(self) -> Values:
        """What is known of something that nothing is known of: unknown, once all else has been tried.

        Until then it may still turn out, so the unit that runs now runs again when linking settles.
        """
        if self.settling:
            return SOMETHING_UNKNOWN
        self.waiting.add(self.current)
        return NOTHING

    def type_of(self, value: Value) -> Value:
        """``type(value)``, as far as it matters: of other values, the value stands for its type."""
        if isinstance(value, Caught):
            return CaughtType(value.scope, value.region)
        return Class(value.scope) if isinstance(value, Instance) else value

    def length(self, items: Items) -> int | None:
        """How many items a display has, None if that is not known or something is added to it later."""
        return None if items.node in self.grown else self.lengths.get(items.node)

    def contents(self, items: Items) -> Values:
        return self.read(("items", items.node))

    def pass_callable(self, route: tuple[int, str], value: Value, site: int) -> None:
        """Remember that ``site`` gave this callable to a parameter."""
        sites = self.passed.setdefault(route, {}).setdefault(value, set())
        if len(sites) < MOST_GIVERS:
            sites.add(site)


Callee = Function | Endpoint | Guess | Layered


def is_callable(value: Value) -> TypeGuard[Callee]:
    return isinstance(value, (Function, Endpoint, Guess, Layered))


def callables(values: Iterable[Value]) -> tuple[Callee, ...]:
    """Those of the values that are known to be callable."""
    return tuple(value for value in values if is_callable(value))


def same_callable(one: Value, other: Value) -> bool:
    """Whether two values run the same thing, whatever their closures and layers."""
    while isinstance(one, Layered):
        one = one.inner
    if isinstance(one, Function) and isinstance(other, Function):
        return one.scope == other.scope
    return one == other
