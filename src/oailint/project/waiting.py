"""Whether work may wait for other work: with a bound, what is waited for might never have its turn."""

from __future__ import annotations

from collections.abc import Iterator

from oailint import facts
from oailint.facts import Expr
from oailint.project.flow import root_name
from oailint.project.graph import Graph
from oailint.project.program import scope_expressions, target_names, walk
from oailint.project.values import External

BARE = frozenset(("get", "join"))
"""Methods that wait until another piece of work has done something, if they are given nothing."""
WAITS = frozenset(("wait", "wait_for"))
"""The same, whatever they are given, but not functions of modules."""
MEETINGS = frozenset(("Barrier", "Condition"))
"""What is entered only when others are there, or gone."""
WITHIN = frozenset(("asyncio.gather", "asyncio.shield", "asyncio.wait", "asyncio.wait_for", "asyncio.as_completed"))
"""Functions that wait for what they are given."""


class Waiting:
    """Answers for functions of a linked program."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.program = graph.program
        self._meets: bool | None = None

    def for_others(self, scope: int) -> bool:
        """Whether a function, or one that it calls, waits for what may only come when another piece of work runs."""
        pending, seen = [scope], {scope}
        for one in pending:
            if self._waits(one):
                return True
            for number in self.program.scopes[one].sites:
                found = {edge.callee for edge in self.graph.edges_from(number)} - seen
                seen |= found
                pending += sorted(found)
        return False

    def _waits(self, scope: int) -> bool:
        info = self.program.scopes[scope].facts
        for number in self.program.scopes[scope].sites:
            call = self.program.sites[number].call
            is_known = any(edge.via == "call" for edge in self.graph.edges_from(number))
            if isinstance(call.func, facts.Attribute) and not is_known:
                is_bare = call.func.name in BARE and not call.arguments
                if is_bare or (call.func.name in WAITS and not self._names_external(number)):
                    return True
        for region in info.regions:
            if isinstance(region, facts.With) and self._may_meet():
                values = (self.graph.linker.evaluate(item, scope, region.parent) for item in region.items)
                if not all(any(self.graph.throttle_of(value) for value in one) for one in values):
                    return True
        return any(
            not self._is_own(one, scope)
            for region, root in scope_expressions(info)
            for node, _ in walk(root, region)
            if isinstance(node, facts.Await)
            for one in self._awaited(node.value)
        )

    def _may_meet(self) -> bool:
        """Whether the project makes something that is entered only when others are there."""
        if self._meets is None:
            names = (site.call.func for site in self.program.sites)
            self._meets = any(
                (one.id if isinstance(one, facts.Name) else one.name if isinstance(one, facts.Attribute) else "")
                in MEETINGS
                for one in names
            )
        return self._meets

    def _names_external(self, number: int) -> bool:
        return any(isinstance(value, External) for value in self.graph.callees(number))

    def _awaited(self, node: Expr) -> Iterator[Expr]:
        """What an expression that is awaited waits for, where it is no call that makes it."""
        if not isinstance(node, facts.Call):
            yield node
        elif self._is_within(self.program.site_of[id(node)]):
            for argument in node.arguments[:1]:
                if isinstance(argument.value, (facts.Name, facts.Attribute, facts.Subscript, facts.Call)):
                    yield from self._awaited(argument.value)

    def _is_own(self, node: Expr, scope: int) -> bool:
        """Whether what is awaited was begun by the function itself, or was made for it by who calls it."""
        name = root_name(node)
        if not name:
            return not isinstance(node, (facts.Attribute, facts.Subscript))
        return self._is_own_name(name, scope, set())

    def _is_own_name(self, name: str, scope: int, seen: set[str]) -> bool:
        if name in seen:
            return True
        seen.add(name)
        expressions = self.graph.linker.expressions
        if expressions.home(scope, name) != scope:
            return False
        parameter = expressions.parameter(scope, name)
        if parameter is not None:
            return self._is_given_coroutines(parameter, scope)
        return all(self._is_made_here(value, scope, seen) for value in self._values_of(name, scope))

    def _values_of(self, name: str, scope: int) -> Iterator[Expr]:
        info = self.program.scopes[scope].facts
        for statement in info.statements:
            if isinstance(statement, facts.Assign) and statement.value is not None:
                if any(name in target_names(target) for target in statement.targets):
                    yield statement.value
        for region in info.regions:
            if isinstance(region, facts.For) and name in target_names(region.target):
                yield region.iterable

    def _is_made_here(self, value: Expr, scope: int, seen: set[str]) -> bool:
        """Whether an expression makes what it gives, or takes it from what the function made."""
        nodes = [node for node, _ in walk(value)]
        if any(isinstance(node, facts.Call) and self._makes(node) for node in nodes):
            return True
        return all(self._is_own_name(node.id, scope, seen) for node in nodes if isinstance(node, facts.Name))

    def _makes(self, call: facts.Call) -> bool:
        number = self.program.site_of[id(call)]
        return bool(
            self.graph.edges_from(number) or self.graph.sends_from(number) or self._names_external(number)
        ) and not self._is_within(number)

    def _is_within(self, number: int) -> bool:
        return any(isinstance(value, External) and value.name in WITHIN for value in self.graph.callees(number))

    def _is_given_coroutines(self, parameter: facts.Parameter, scope: int) -> bool:
        """Whether each call that is known gives a parameter what a call makes for it."""
        calls = [self.program.sites[edge.site].call for edge in self.graph.edges_into(scope)]
        return bool(calls) and all(
            isinstance(self.program.argument(call, parameter, scope), facts.Call) for call in calls
        )
