"""Which calls only start work, so that what stands around them goes on while it runs, and what bounds such work."""

from __future__ import annotations

from oailint import facts, knowledge
from oailint.project.clients import Clients
from oailint.project.flow import Flow, mentioned, root_name
from oailint.project.graph import Graph
from oailint.project.state import Edge
from oailint.project.throttles import Throttles
from oailint.project.values import Endpoint, External, Made, Member

WAITS_FOR = frozenset(("join", "result", "get", "wait"))
"""Methods of threads, tasks and futures that return when the work is done."""


class Asides:
    """Answers about call sites inside loops."""

    def __init__(self, graph: Graph, throttles: Throttles) -> None:
        self.graph = graph
        self.program = graph.program
        self.throttles = throttles
        self.fans = knowledge.fans()
        self.clients = Clients(graph.linker)
        self._coroutines: dict[int, bool] = {}
        self._edges: dict[tuple[int, str, int], bool] = {}

    def of_edge(self, edge: Edge) -> bool:
        """Whether an edge only starts what it leads to."""
        key = (edge.site, edge.via, edge.callee)
        if key not in self._edges:
            self._edges[key] = self._of_edge(edge)
        return self._edges[key]

    def _of_edge(self, edge: Edge) -> bool:
        callee = self.program.scopes[edge.callee].facts
        waits = (callee.is_async and not callee.is_generator) or self.returns_coroutine(edge.callee)
        if edge.via == "serial-map":  # map() over a coroutine function makes coroutines, which something else runs
            return waits and self.program.sites[edge.site].outer >= 0
        return self.runs(edge.site, edge.via, waits or self.in_thread(edge.site))

    def returns_coroutine(self, scope: int) -> bool:
        """Whether a plain function returns the coroutine of an asynchronous request or function unawaited, also where
        it gets it from another such function."""
        if scope not in self._coroutines:
            queue, found = [scope], False
            seen = {scope}
            while queue and not found:
                one = queue.pop()
                if one in self._coroutines:
                    found = self._coroutines[one]
                    continue
                made, handed_on = self._returned(one)
                found = made
                queue += [callee for callee in handed_on if callee not in seen]
                seen.update(handed_on)
            self._coroutines.update(dict.fromkeys(seen if not found else (scope,), found))
        return self._coroutines[scope]

    def returns_nothing_else(self, scope: int) -> bool:
        """Whether a plain function returns coroutines only: no future, no task, no value that is known already."""
        pending, seen = [scope], {scope}
        for one in pending:
            info = self.program.scopes[one]
            for statement in info.facts.statements:
                if not isinstance(statement, facts.Return):
                    continue
                if not isinstance(statement.value, facts.Call):
                    return False
                number = self.program.site_of[id(statement.value)]
                edges = self.graph.edges_from(number)
                if any(edge.via != "call" for edge in edges) or not (edges or self._sends_asynchronously(number)):
                    return False
                plain = {edge.callee for edge in edges if not self.program.scopes[edge.callee].facts.is_async} - seen
                seen |= plain
                pending += sorted(plain)
        return True

    def _returned(self, scope: int) -> tuple[bool, set[int]]:
        """Whether a plain function returns a coroutine that it makes, and the plain functions whose results it
        returns."""
        info = self.program.scopes[scope]
        if info.facts.is_async:
            return False, set()
        returned = {id(one.value) for one in info.facts.statements if isinstance(one, facts.Return)}
        handed_on: set[int] = set()
        for number in info.sites:
            if id(self.program.sites[number].call) not in returned:
                continue
            if True in self._sends_asynchronously(number):
                return True, handed_on
            called = {edge.callee for edge in self.graph.edges_from(number) if edge.via == "call"}
            if called and all(self.program.scopes[callee].facts.is_async for callee in called):
                return True, handed_on
            if len(called) == 1:  # of several that it may be, some are plain
                handed_on |= called
        return False, handed_on

    def in_thread(self, number: int) -> bool:
        """Whether a call runs its callable in a thread, and gives something to await."""
        func = self.program.sites[number].call.func
        if isinstance(func, facts.Attribute) and func.name in self.fans.any_receiver:
            return self.fans.any_receiver[func.name].kind == "call"
        names = [value.name for value in self.graph.callees(number) if isinstance(value, External)]
        return any(name in self.fans.calls and self.fans.calls[name].kind == "call" for name in names)

    def runs(self, number: int, via: str, asynchronous: bool) -> bool:
        """Whether a call only starts the work, so that the loop goes on while it runs."""
        if via == "map":
            return True
        if via in ("start", "submit"):
            return not self._waited_for(number)
        site = self.program.sites[number]
        if via == "call" and self._in_pool_call(number):
            return True
        if not asynchronous or site.awaited or via != "call" or self._may_be_plain(number):
            return False
        if site.outer < 0:
            kept = self.handed_on(number)
            if kept >= 0:
                return self._starts(number, kept)
            return self._in_comprehension(number) and not self._awaited_in_turn(number)
        return self._starts(number, site.outer)

    def handed_on(self, number: int) -> int:
        """The call that gets, in the same turn, a coroutine which a variable holds first (``task = ask(text)``,
        ``tasks.append(task)``); -1 if there is none, or if it is awaited."""
        site = self.program.sites[number]
        flow = self.graph.flow(site.scope)
        names = self._held_by(flow, site.call)
        loop = flow.nearest_loop(site.region)
        if loop < 0 or not names or self._waited_for(number):
            return -1
        for other in self.graph.sites_in(flow, loop):
            given = [argument.value for argument in self.program.sites[other].call.arguments]
            if any(isinstance(one, facts.Name) and one.id in names for one in given):
                return other
        return -1

    def _starts(self, number: int, outer: int) -> bool:
        """Whether ``outer``, which is given the coroutine of a call, does not wait for it."""
        fan = self.fan(outer)
        if fan is not None and fan.coroutine and not fan.callable:  # a coroutine again: wait_for
            return self.runs(outer, "call", True)
        kind = fan.kind if fan is not None else "handed on"  # to a helper of the project, a list, a task group
        if kind == "start":
            return not self._waited_for(outer)
        return kind != "call" and not (kind == "gather" and self._fixed(number))

    def _in_pool_call(self, number: int) -> bool:
        """Whether a call is prepared for a pool that is called with it (``Parallel()(delayed(f)(x) for x in xs)``)."""
        outer = self.program.sites[number].outer
        while outer >= 0:
            if any(isinstance(value, Made) and value.name in self.fans.pools for value in self.graph.callees(outer)):
                return True
            outer = self.program.sites[outer].outer
        return False

    def fan(self, number: int) -> knowledge.FanOut | None:
        """What a call does with coroutines, as far as the tables know it."""
        for value in self.graph.callees(number):
            name = value.name if isinstance(value, External) else ""
            if isinstance(value, Member):
                name = f"{value.owner.name}.{value.path}"
            if name in self.fans.calls:
                return self.fans.calls[name]
        func = self.program.sites[number].call.func
        return self.fans.any_receiver.get(func.name) if isinstance(func, facts.Attribute) else None

    def _may_be_plain(self, number: int) -> bool:
        """Whether the callee may also be a plain function. Then the call is written for plain ones: of a coroutine
        function it would be a mistake not to await it."""
        callees = {edge.callee for edge in self.graph.edges_from(number)}
        kinds = {self.program.scopes[one].facts.is_async or self.returns_coroutine(one) for one in callees}
        return len(kinds | self._sends_asynchronously(number)) > 1

    def _sends_asynchronously(self, number: int) -> set[bool]:
        """Whether the clients that a call sends requests through are asynchronous: each answer that occurs."""
        targets = [send.target for send in self.graph.sends_from(number)]
        return {self.clients.asynchronous(one.client) for one in targets if isinstance(one, Endpoint)}

    def _fixed(self, number: int) -> bool:
        """Whether a coroutine is one of a written-out few that are gathered and awaited on the spot."""
        site = self.program.sites[number]
        outer = self.program.sites[site.outer]
        if not outer.awaited or outer.region != site.region:
            return False
        return any(argument.value is site.call and not argument.star for argument in outer.call.arguments)

    def _waited_for(self, number: int) -> bool:
        """Whether what a call starts is awaited, joined or asked for its result before the same turn ends."""
        site = self.program.sites[number]
        if site.awaited:
            return True
        if site.outer >= 0 and _waits_for(self.program.sites[site.outer].call, site.call):
            return True
        flow = self.graph.flow(site.scope)
        loop = flow.nearest_loop(site.region)
        names = self._held_by(flow, site.call)
        if loop < 0 or not names:
            return False
        for node, region in flow.expressions(loop):
            if flow.nearest_loop(region) != loop:
                continue
            if isinstance(node, facts.Await) and isinstance(node.value, facts.Name) and node.value.id in names:
                return True
            if isinstance(node, facts.Call) and any(_waits_for(node, facts.Name(name)) for name in names):
                return True
        return False

    def _held_by(self, flow: Flow, call: facts.Call) -> set[str]:
        """The names that are assigned just what a call returns."""
        return {
            target.id
            for statement in flow.facts.statements
            if isinstance(statement, facts.Assign) and statement.value is call
            for target in statement.targets
            if isinstance(target, facts.Name)
        }

    def _awaited_in_turn(self, number: int) -> bool:
        """Whether the coroutines that a comprehension makes are awaited one by one: until then none of them runs."""
        site = self.program.sites[number]
        flow = self.graph.flow(site.scope)
        names = self.collected_in(flow, site.call)
        in_turn = False
        for place, region in enumerate(flow.regions):
            if isinstance(region, facts.For) and mentioned(region.iterable) & names:
                awaited = [node.value for node, _ in flow.expressions(place) if isinstance(node, facts.Await)]
                in_turn = in_turn or region.target in awaited
        return in_turn and not any(
            self.fan(other) is not None and names & mentioned(argument.value)
            for other in self.program.scopes[flow.scope].sites
            for argument in self.program.sites[other].call.arguments
        )

    def _handed_to_limiter(self, number: int) -> bool:
        """Whether a coroutine is given to a helper of the project that awaits it under a semaphore or limiter."""
        outer = self.program.sites[number].outer
        while outer >= 0:
            if any(edge.via == "call" and self._limits_inside(edge.callee) for edge in self.graph.edges_from(outer)):
                return True
            if self._runs_unknown_parameter(outer):
                return True
            outer = self.program.sites[outer].outer
        return False

    def _runs_unknown_parameter(self, number: int) -> bool:
        """Whether a call runs what its function was given, and nobody is seen to give it: such a parameter takes a
        coroutine to run it in its own way, most often under a limit."""
        site = self.program.sites[number]
        if not isinstance(site.call.func, facts.Name) or self.graph.edges_from(number):
            return False
        return self.graph.linker.expressions.parameter(site.scope, site.call.func.id) is not None

    def _limited_later(self, number: int, via: str) -> bool:
        """Whether coroutines are collected in a variable first, where none of them runs yet, and bounded when they are
        awaited: each handed to a function that limits, all to a helper that does, or in slices."""
        site = self.program.sites[number]
        flow = self.graph.flow(site.scope)
        names = self.collected_in(flow, site.call) if via == "call" else set()
        if not names:
            return False
        items = set(names)
        for region in flow.regions:
            if isinstance(region, facts.For) and mentioned(region.iterable) & names:
                items |= mentioned(region.target)
        for other in self.program.scopes[flow.scope].sites:
            given = {
                one.value.id for one in self.program.sites[other].call.arguments if isinstance(one.value, facts.Name)
            }
            if given & items and (
                any(edge.via == "call" and self._limits_inside(edge.callee) for edge in self.graph.edges_from(other))
                or self._runs_unknown_parameter(other)
            ):
                return True
        for node, place in flow.expressions(0):
            if (
                isinstance(node, facts.Subscript)
                and isinstance(node.index, facts.Slice)
                and node.index.upper is not None
            ):
                if mentioned(node.value) & names and flow.nearest_loop(place) >= 0:
                    return True
        return False

    def collected_in(self, flow: Flow, call: facts.Call) -> set[str]:
        """The names of the lists that a comprehension, or ``append``, fills with what a call returns."""
        kept = {facts.Name(name) for name in self._held_by(flow, call)}
        appended = {
            root_name(one.func.value)
            for one in (self.program.sites[number].call for number in self.program.scopes[flow.scope].sites)
            if isinstance(one.func, facts.Attribute) and one.func.name in ("append", "add") and one.arguments
            if one.arguments[0].value is call or one.arguments[0].value in kept
        }
        return appended | {
            target.id
            for statement in flow.facts.statements
            if isinstance(statement, facts.Assign) and isinstance(statement.value, facts.Comprehension)
            if any(one is call for one in statement.value.elements)
            for target in statement.targets
            if isinstance(target, facts.Name)
        }

    def _limits_inside(self, scope: int) -> bool:
        inner = [scope, *self.program.scopes[scope].children]
        return any(self.throttles.has_limiter(one) for one in inner)

    def _in_comprehension(self, number: int) -> bool:
        site = self.program.sites[number]
        one = self.program.region(site.scope, site.region)
        return isinstance(one, facts.For) and one.is_comprehension

    def bounded(self, number: int, via: str, already: bool, flow: Flow, region: int) -> bool:
        """Whether a concurrent step is bounded. ``already``: it runs inside something started before; only then does a
        semaphore around it bound it, around the start itself it is released at once."""
        if self.throttles.pool_bounded(number, via):
            return True
        if already and self.throttles.limited(number, -1, concurrency=True):
            return True
        if self._handed_to_limiter(number) or self._limited_later(number, via):
            return True
        return region >= 0 and self.throttles.batched(flow, region)


def _waits_for(call: facts.Call, started: facts.Expr) -> bool:
    """Whether a call is ``started.result()`` or one of its like."""
    func = call.func
    return isinstance(func, facts.Attribute) and func.name in WAITS_FOR and func.value == started
