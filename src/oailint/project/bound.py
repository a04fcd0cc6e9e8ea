"""By which name an exception is known where its text is tested, and which exception that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from oailint import facts
from oailint.facts import Expr
from oailint.findings import Location
from oailint.project.graph import Graph
from oailint.project.program import target_names, walk
from oailint.project.values import Caught, CaughtText, CaughtType

NO_NAME = "the handler gives the exception no name"
OUT_OF_REACH = "the exception is no longer bound where its text is tested"
ONLY_TEXT = "only the text of the exception comes here"


class Declined(Exception):
    """There is no fix; the text says why."""


@dataclass(frozen=True)
class Held:
    """The exception's name, the handlers that it can come from (as ``Caught`` has them), and the statements that put
    its text into a variable."""

    name: str
    origins: frozenset[tuple[int, int]]
    leftovers: tuple[Location, ...]


@dataclass
class _Trace:
    names: dict[str, int] = field(default_factory=dict)
    """The exceptions that a text is made of, with the region where each is read."""
    through: list[facts.Assign] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)


class Bound:
    """Follows a text back to the exception that it is made of."""

    def __init__(self, graph: Graph) -> None:
        self.program = graph.program
        self.linker = graph.linker

    def find(self, text: Expr, scope: int, region: int, caught: CaughtText) -> Held:
        """The exception of ``text``, which is tested in a region of a scope. Raises Declined if no name holds it
        there."""
        trace = _Trace()
        self._follow(text, scope, region, trace)
        if not trace.names and (caught.scope, caught.region) == (scope, self._handler(scope, region)):
            # traceback.format_exc() names no exception
            trace.names[self._name_of(scope, caught.region)] = region
        if len(trace.names) != 1:
            raise Declined(ONLY_TEXT if not trace.names else "its text is made of several exceptions")
        ((name, read),) = trace.names.items()
        if trace.through:
            self._check_reach(name, scope, region, [one.region for one in trace.through])
        else:
            self._check_still(name, scope, read)
        leftovers = tuple(Location(self.program.path_of(scope), one.span) for one in trace.through)
        return Held(name, self._origins(name, scope, read), leftovers)

    # --- from the text to the name ------------------------------------------------------------

    def _follow(self, text: Expr, scope: int, region: int, trace: _Trace) -> None:
        for node, place in walk(text, region):
            if not isinstance(node, facts.Name):
                continue
            values = self.linker.evaluate(node, scope, place)
            if any(isinstance(value, Caught) for value in values):
                trace.names[node.id] = place
            elif any(isinstance(value, (CaughtText, CaughtType)) for value in values):
                self._follow_variable(node.id, scope, region, trace)

    def _follow_variable(self, name: str, scope: int, region: int, trace: _Trace) -> None:
        if name in trace.variables:
            return
        trace.variables.add(name)
        if self.linker.expressions.home(scope, name) != scope:
            raise Declined("its text is tested in another function")
        for statement in self._assignments(name, scope, region):
            if statement.value is None:
                continue
            before = len(trace.names), len(trace.variables)
            self._follow(statement.value, scope, statement.region, trace)
            mentions = {node.id for node, _ in walk(statement.value) if isinstance(node, facts.Name)}
            if (len(trace.names), len(trace.variables)) != before or mentions & (set(trace.names) | {name}):
                trace.through.append(statement)

    def _assignments(self, name: str, scope: int, region: int) -> list[facts.Assign]:
        """The assignments of a variable that count at a place: those of the innermost handler around it that has
        some."""
        found = [
            one for one in self.program.scopes[scope].facts.statements
            if isinstance(one, facts.Assign) and any(name in target_names(target) for target in one.targets)
        ]  # fmt: skip
        if any(one.name == name for one in self.program.scopes[scope].facts.parameters):
            raise Declined(ONLY_TEXT)
        for number, around in self.program.chain(scope, region):
            if isinstance(around, facts.Handler):
                inside = [one for one in found if self.program.within(scope, one.region, number)]
                if inside:
                    return inside
        return found

    # --- whether the name still means it ------------------------------------------------------

    def _check_still(self, name: str, scope: int, region: int) -> None:
        """Declines if a name that a handler binds, or a parameter, is given another value."""
        home = self._home(name, scope, region)
        is_parameter = any(one.name == name for one in self.program.scopes[scope].facts.parameters)
        if (home or is_parameter) and name in set(self._bound_in(scope, home)):
            raise Declined(f"`{name}` is given another value before its text is tested")

    def _home(self, name: str, scope: int, region: int) -> int:
        """The handler around a place that binds ``name``; 0 if there is none."""
        return next(
            (
                number for number, around in self.program.chain(scope, region)
                if isinstance(around, facts.Handler) and around.name == name
            ),
            0,
        )  # fmt: skip

    def _check_reach(self, name: str, scope: int, region: int, places: list[int]) -> None:
        """Declines if ``name`` can mean something else, or nothing, where it is to be read."""
        info = self.program.scopes[scope].facts
        home = self._home(name, scope, places[-1])
        if home:
            if not self.program.within(scope, region, home):
                raise Declined(OUT_OF_REACH)
        elif not any(one.name == name for one in info.parameters):
            raise Declined(OUT_OF_REACH)
        if name in set(self._bound_in(scope, home)):
            raise Declined(f"`{name}` is given another value before its text is tested")

    def _bound_in(self, scope: int, region: int) -> Iterator[str]:
        """The names that are bound, or deleted at the end of a handler, inside a region."""
        info = self.program.scopes[scope].facts
        for statement in info.statements:
            if isinstance(statement, facts.Assign) and self.program.within(scope, statement.region, region):
                for target in statement.targets:
                    yield from target_names(target)
            elif isinstance(statement, facts.Evaluate) and isinstance(statement.value, facts.Other):
                if self.program.within(scope, statement.region, region):  # del name
                    yield from (one.id for one in statement.value.children if isinstance(one, facts.Name))
        for number, one in enumerate(info.regions):
            if number == region or not self.program.within(scope, number, region):
                continue
            if isinstance(one, facts.Handler):
                yield one.name
            elif isinstance(one, facts.For) and not one.is_comprehension:
                yield from target_names(one.target)
            elif isinstance(one, facts.With):
                for target_or_none in one.targets:
                    yield from target_names(target_or_none) if target_or_none is not None else ()

    # --- which exception ----------------------------------------------------------------------

    def _origins(self, name: str, scope: int, region: int) -> frozenset[tuple[int, int]]:
        """The handlers whose exception a name can mean; (-1, -1) stands for what is not known."""
        for number, around in self.program.chain(scope, region):
            if isinstance(around, facts.Handler) and around.name == name:
                if around.group:
                    raise Declined("`except*` gives a group of exceptions")
                return frozenset([(scope, number)])
        values = self.linker.evaluate(facts.Name(name), scope, region)
        return frozenset(
            (value.scope, value.region) if isinstance(value, Caught) else (-1, -1)
            for value in values
        )  # fmt: skip

    def _handler(self, scope: int, region: int) -> int:
        for number, around in self.program.chain(scope, region):
            if isinstance(around, facts.Handler):
                return number
        return -1

    def _name_of(self, scope: int, region: int) -> str:
        handler = self.program.region(scope, region)
        assert isinstance(handler, facts.Handler)
        if not handler.name:
            raise Declined(NO_NAME)
        return handler.name
