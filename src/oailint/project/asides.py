"""Which calls only start work, so that what stands around them goes on while it runs, and what bounds such work."""

from __future__ import annotations

from oailint import facts, knowledge
from oailint.project.flow import Flow
from oailint.project.graph import Graph
from oailint.project.state import Edge
from oailint.project.throttles import Throttles
from oailint.project.values import External


class Asides:
    """Answers about call sites inside loops."""

    def __init__(self, graph: Graph, throttles: Throttles) -> None:
        self.graph = graph
        self.program = graph.program
        self.throttles = throttles
        self.fans = knowledge.fans()

    def of_edge(self, edge: Edge) -> bool:
        callee = self.program.scopes[edge.callee].facts
        waits = callee.is_async and not callee.is_generator
        if edge.via == "serial-map":  # map() over a coroutine function makes coroutines, which something else runs
            return waits and self.program.sites[edge.site].outer >= 0
        return self.runs(edge.site, edge.via, waits or self._in_thread(edge.site))

    def _in_thread(self, number: int) -> bool:
        """Whether a call runs its callable in a thread, and gives something to await."""
        func = self.program.sites[number].call.func
        if isinstance(func, facts.Attribute) and func.name in self.fans.any_receiver:
            return self.fans.any_receiver[func.name].kind == "call"
        names = [value.name for value in self.graph.callees(number) if isinstance(value, External)]
        return any(name in self.fans.calls and self.fans.calls[name].kind == "call" for name in names)

    def runs(self, number: int, via: str, asynchronous: bool) -> bool:
        """Whether a call only starts the work, so that the loop goes on while it runs."""
        if via in ("start", "submit", "map"):
            return True
        site = self.program.sites[number]
        if not asynchronous or site.awaited or via != "call":
            return False
        if site.outer < 0:
            return self._in_comprehension(number)
        outer = self.program.sites[site.outer]
        for value in self.graph.callees(site.outer):
            fan = self.fans.calls.get(value.name) if isinstance(value, External) else None
            if fan is not None and fan.kind in ("gather", "start"):
                return not (fan.kind == "start" and outer.awaited)
            if fan is not None and fan.kind == "call":
                return False
        # Handed on as a coroutine: to a helper of the project, a list, a task group.
        return True

    def _handed_to_limiter(self, number: int) -> bool:
        """Whether a coroutine is given to a helper of the project that awaits it under a semaphore or limiter."""
        outer = self.program.sites[number].outer
        while outer >= 0:
            if any(self._limits_inside(edge.callee) for edge in self.graph.edges_from(outer)):
                return True
            outer = self.program.sites[outer].outer
        return False

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
        if self._handed_to_limiter(number):
            return True
        return region >= 0 and self.throttles.batched(flow, region)
