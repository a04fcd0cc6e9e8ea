"""Work loops and fan-outs that reach requests with nothing that slows them down.

From each loop the call graph is followed downwards, to requests for which it is the nearest work loop: another work
loop or a throttle on the way ends the search. Only functions that reach a request at all are entered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from oailint import facts, knowledge
from oailint.findings import Confidence, Location, Related
from oailint.project import strings
from oailint.project.asides import Asides
from oailint.project.errors import FROM_HTTP, FROM_SDK, Tokens
from oailint.project.fanouts import FanOuts
from oailint.project.flow import LOOPS, Flow
from oailint.project.graph import Graph
from oailint.project.layers import Layers
from oailint.project.model import Reached, Request, WorkLoop
from oailint.project.pools import Pools
from oailint.project.receivers import Receivers
from oailint.project.remembered import Remembered
from oailint.project.requests import Sent
from oailint.project.state import Edge, Send, same_callable
from oailint.project.throttles import Throttles
from oailint.project.turns import SKIP, WORK, Turns
from oailint.project.values import Function, String


class Entered(NamedTuple):
    """A function entered on the way down: how it was reached decides which of the callables it was given it runs."""

    scope: int
    site: int
    context: int
    concurrent: bool
    receivers: frozenset[int] | None = None
    """For a method: the classes that its ``self`` is an instance of, if they are known."""


class Start(Struct, frozen=True):
    """Where a loop's work begins: a site inside it. ``region`` is the loop, -1 for a call that loops by itself."""

    site: int
    region: int


Found = list[tuple[Request, tuple[int, ...]]]
"""Requests, with the call sites on the way to each."""


class Loops:
    """Finds the unthrottled work loops of a program."""

    def __init__(self, graph: Graph, layers: Layers, throttles: Throttles) -> None:
        self.graph = graph
        self.program = graph.program
        self.layers = layers
        self.throttles = throttles
        self.fans = knowledge.fans()
        self._sends: dict[int, list[tuple[Request, Send]]] = defaultdict(list)
        self._reaching: set[int] = set()
        self.turns = Turns(graph, layers, throttles, self._sends)
        self.asides = Asides(graph, throttles)
        self.pools = Pools(graph)
        self.fan_outs = FanOuts(graph, self.asides, self.turns)
        self.remembered = Remembered(graph)
        self.receivers = Receivers(graph)
        self._leading: dict[int, tuple[int, ...]] = {}
        self._routed: dict[int, bool] = {}
        self._stops: dict[tuple[int, bool], bool] = {}
        self._slows: dict[tuple[int, bool], bool] = {}
        self._givers: dict[tuple[tuple[int, str], object], tuple[set[int], set[int]] | None] = {}

    def find(self, sent: list[Sent]) -> list[WorkLoop]:
        """All loops that reach requests unthrottled, by place."""
        for one in sent:
            if one.request.retry == "explicit":
                continue
            for send in one.sends:
                self._sends[send.site].append((one.request, send))
        explicit = {one.request.id for one in sent if one.request.retry == "explicit"}
        for one in sent:
            if one.request.id in explicit:
                for send in one.sends:
                    self._sends[send.site].append((one.request, send))
        self._reaching = self._scopes_reaching()
        starts: dict[tuple[int, int, int], list[Start]] = defaultdict(list)
        for site in self.program.sites:
            if self._leads(site.id):
                for start in self._starts(site.id):
                    key = (site.scope, start.region, -1 if start.region >= 0 else site.id)
                    starts[key].append(start)
        loops: list[WorkLoop] = []
        for (scope, region, site_id), entries in starts.items():
            loops.extend(self._explore(scope, region, site_id, entries))
        return sorted(self.fan_outs.shared(loops), key=lambda loop: (loop.location, loop.kind))

    # --- which sites matter -------------------------------------------------------------------

    def _scopes_reaching(self) -> set[int]:
        found = {self.program.sites[number].scope for number in self._sends}
        queue = sorted(found)
        for scope in queue:
            for edge in self.graph.edges_into(scope):
                caller = self.program.sites[edge.site].scope
                if caller not in found:
                    found.add(caller)
                    queue.append(caller)
        return found

    def _leads(self, number: int) -> bool:
        return number in self._sends or any(edge.callee in self._reaching for edge in self.graph.edges_from(number))

    def _starts(self, number: int) -> Iterator[Start]:
        """The nearest work loop around a site in its own scope, and the site itself if it maps over items."""
        if any(edge.via in ("map", "serial-map") for edge in self.graph.edges_from(number)) or any(
            send.via in ("map", "serial-map") for _, send in self._sends.get(number, ())
        ):
            yield Start(number, -1)
            return
        site = self.program.sites[number]
        flow = self.graph.flow(site.scope)
        for region in flow.loops_around(site.region):
            role = self.turns.role(flow, region, number)
            if role == WORK:
                yield Start(number, region)
            if role != SKIP:
                return

    def nearest_stops(self, number: int) -> bool:
        """Whether a loop around the site in its scope takes over from loops of its callers."""
        site = self.program.sites[number]
        flow = self.graph.flow(site.scope)
        return any(self.turns.role(flow, region, number) != SKIP for region in flow.loops_around(site.region))

    # --- downwards ----------------------------------------------------------------------------

    def _explore(self, scope: int, region: int, site_id: int, entries: list[Start]) -> Iterator[WorkLoop]:
        flow = self.graph.flow(scope)
        reached: dict[tuple[int, str], tuple[Request, tuple[int, ...]]] = {}
        how = self._how(flow, region, site_id)
        for start in entries:
            for request, chain, concurrent in self._down(start, flow, region):
                kind = "concurrent" if concurrent else "sequential"
                reached.setdefault((request.id, kind), (request, chain))
        for kind in ("concurrent", "sequential"):
            found = [value for (_, k), value in sorted(reached.items(), key=lambda item: item[0]) if k == kind]
            if not found:
                continue
            span = flow.regions[region].span if region >= 0 else self.program.sites[site_id].span
            requests = tuple(Reached(request, self._chain(chain)) for request, chain in found)
            confidence = max(self._confidence(request, chain) for request, chain in found)
            loop = WorkLoop(Location(self.program.path_of(scope), span), kind, how, confidence, requests)
            yield self._boundable(loop, flow, region, found) if kind == "concurrent" else loop

    def _boundable(self, loop: WorkLoop, flow: Flow, region: int, found: Found) -> WorkLoop:
        """A fan-out with what would bound it."""
        pool = self.pools.of(chain for _, chain in found)
        started, unfixable = (None, "") if pool is not None else self.fan_outs.of(flow, region, found)
        return replace(loop, pool=pool, started=started, unfixable=unfixable)

    def _confidence(self, request: Request, chain: tuple[int, ...]) -> Confidence:
        """A step that is known by a method's name alone makes the whole chain a guess."""
        return Confidence.LOW if any(number in self.graph.guessed for number in chain) else request.confidence

    def _how(self, flow: Flow, region: int, site_id: int) -> str:
        if region < 0:
            return f"`{strings.source(self.program.sites[site_id].call.func)}`"
        one = flow.regions[region]
        if isinstance(one, facts.For):
            return "this comprehension" if one.is_comprehension else "this loop"
        return "this loop"

    def _chain(self, chain: tuple[int, ...]) -> tuple[Related, ...]:
        out = []
        for number in chain:
            site = self.program.sites[number]
            location = Location(self.program.path_of(site.scope), site.span)
            out.append(Related(location, f"calls `{strings.source(site.call.func)}`"))
        return tuple(out)

    def _down(self, start: Start, flow: Flow, region: int) -> Iterator[tuple[Request, tuple[int, ...], bool]]:
        queue: list[tuple[int, Entered, tuple[int, ...]]] = [(start.site, Entered(flow.scope, -1, -1, False), ())]
        seen: set[Entered] = set()
        for number, entered, chain in queue:
            path = (*chain, number)
            for request, send in self._sends.get(number, ()):
                asynchronous = request.asynchronous or self.asides.in_thread(number)
                concurrent = entered.concurrent or self.asides.runs(number, send.via, asynchronous)
                if not self._may(send.route, send.target, entered):
                    continue
                if self.remembered.keeps(number, path[0], flow, region):
                    continue
                if concurrent and self.asides.bounded(number, send.via, entered.concurrent, flow, region):
                    continue
                if self._slowed(path, request, send, concurrent, region):
                    continue
                yield request, path, concurrent
            for edge in self.graph.edges_from(number):
                if edge.callee not in self._reaching or edge.via == "bind" or self._only_registered(edge):
                    continue
                if not self._may(edge.route, Function(edge.callee), entered):
                    continue
                if not self.receivers.fits(edge, entered.receivers):
                    continue
                if self.remembered.keeps(number, path[0], flow, region):
                    continue
                concurrent = entered.concurrent or self.asides.of_edge(edge)
                if concurrent and self.asides.bounded(edge.site, edge.via, entered.concurrent, flow, region):
                    continue
                receivers = self.receivers.of(edge, entered.receivers)
                inner = Entered(edge.callee, *self._came(edge), concurrent, receivers)
                if inner in seen:
                    continue
                seen.add(inner)
                for lower in self._leading_in(edge.callee):
                    if not self._ends_at(lower, concurrent, flow, region):
                        queue.append((lower, inner, path))

    def _leading_in(self, scope: int) -> tuple[int, ...]:
        """The sites of a scope that send or lead to a request."""
        if scope not in self._leading:
            self._leading[scope] = tuple(number for number in self.program.scopes[scope].sites if self._leads(number))
        return self._leading[scope]

    def _only_registered(self, edge: Edge) -> bool:
        """Whether a library was given a function of the project, and nothing says that it calls it now."""
        if edge.via != "passed":
            return False
        return self.program.scopes[edge.callee].parent != self.program.sites[edge.site].scope

    def _came(self, edge: Edge) -> tuple[int, int]:
        if edge.callee not in self._routed:
            self._routed[edge.callee] = any(
                any(one.route is not None for one in self.graph.edges_from(number))
                or any(send.route is not None for send in self.graph.sends_from(number))
                for number in self.program.scopes[edge.callee].sites
            )
        return (edge.site, edge.context) if self._routed[edge.callee] else (-1, -1)

    def _may(self, route: tuple[int, str] | None, value: object, entered: Entered) -> bool:
        """Whether a function entered in this way can have been given this callable."""
        if route is None or entered.site < 0:
            return True
        place = entered.site if route[0] == entered.scope else entered.context
        key = (route, value)
        if key not in self._givers:
            given = self.graph.state.passed.get(route, {})
            relevant = [sites for one, sites in given.items() if same_callable(one, value)]  # type: ignore[arg-type]
            self._givers[key] = (set().union(*given.values()), set().union(*relevant)) if relevant else None
        givers = self._givers[key]
        return givers is None or place not in givers[0] or place in givers[1]

    def _ends_at(self, number: int, concurrent: bool, above: Flow, region: int) -> bool:
        """Whether a loop or throttle around a site, in its own scope, keeps loops further up from being the cause."""
        key = (number, concurrent)
        if not concurrent or self.throttles.counts_workers(above, region):
            if key not in self._stops:
                self._stops[key] = self.nearest_stops(number) or any(
                    edge.via in ("map", "serial-map") for edge in self.graph.edges_from(number)
                )
            if self._stops[key]:
                return True
        if key not in self._slows:
            self._slows[key] = self._is_slowed(number, concurrent)
        return self._slows[key]

    def _is_slowed(self, number: int, concurrent: bool) -> bool:
        """Whether a throttle in its own scope limits a site."""
        site = self.program.sites[number]
        flow = self.graph.flow(site.scope)
        if self.throttles.limited(number, 0, concurrency=concurrent) or self.throttles.decorated(site.scope):
            return True
        if concurrent:
            return self.throttles.acquired(flow, number) or self.throttles.counted(flow, number)
        return self.throttles.paced(flow, number, 0) and not self._is_lambda(site.scope)

    def _is_lambda(self, scope: int) -> bool:
        return self.program.scopes[scope].facts.kind == "lambda"

    # --- retries on the way -------------------------------------------------------------------

    def _slowed(self, path: tuple[int, ...], request: Request, send: Send, concurrent: bool, region: int) -> bool:
        """Whether what stands between the loop and the request slows it: a limiter at the send, or a retry that
        waits."""
        if concurrent:
            site = self.program.sites[path[-1]]
            return len(path) > 1 and (
                self.throttles.limited(path[-1], -1, concurrency=True)
                or self.throttles.acquired(self.graph.flow(site.scope), path[-1])
            )
        if request.retry == "explicit":
            return True
        tokens: Tokens = FROM_HTTP if request.sdk == "http" else FROM_SDK
        layer = self.layers.tool_layer(send.layers, tokens, False)
        if layer is not None and layer.waits:
            return True
        for index in range(len(path) - 1, -1, -1):
            around = self.layers.around(path[index], tokens)
            if around.layer is not None:
                if around.layer.waits and (index > 0 or self._inside(path[0], around.layer.loop, region)):
                    return True
            else:  # past a layer that does not wait, the error may still reach one that does
                tokens = around.escaping
            if index > 0 and self._edge_layer(path[index - 1], path[index], tokens):
                return True
        return False

    def _inside(self, number: int, loop: int, region: int) -> bool:
        site = self.program.sites[number]
        return region >= 0 and loop > 0 and loop != region and self.program.within(site.scope, loop, region)

    def _edge_layer(self, upper: int, lower: int, tokens: Tokens) -> bool | None:
        scope = self.program.sites[lower].scope
        generator = self.program.scopes[scope].facts.is_generator
        for edge in self.graph.edges_from(upper):
            if edge.callee == scope:
                layer = self.layers.tool_layer(edge.layers, tokens, generator)
                if layer is None and edge.route is not None:
                    layer = self.layers.beside(upper, tokens, edge.route, Function(edge.callee))
                if layer is not None:
                    return layer.waits
        return None


def mark_looping(requests: list[Request], loops: list[WorkLoop]) -> list[Request]:
    """The requests, each told whether an unthrottled loop reaches it."""
    inside = {reached.request.id for loop in loops for reached in loop.requests}
    return [replace(request, in_loop=request.id in inside) for request in requests]


__all__ = ["LOOPS", "Loops", "String", "mark_looping"]
