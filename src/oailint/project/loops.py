"""Work loops and fan-outs that reach requests with nothing that slows them down.

From each loop the call graph is followed downwards, to requests for which it is the nearest work loop: another work
loop or a throttle on the way ends the search. Only functions that reach a request at all are entered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from oailint import facts, knowledge
from oailint.findings import Confidence, Location, Related
from oailint.project import strings
from oailint.project.errors import FROM_HTTP, FROM_SDK, Tokens
from oailint.project.flow import BREAK, CONTINUE, FALL, LOOPS, Flow, mentioned
from oailint.project.graph import Graph
from oailint.project.layers import Layers
from oailint.project.model import Reached, Request, WorkLoop
from oailint.project.requests import Sent
from oailint.project.state import Edge, Send, same_callable
from oailint.project.throttles import Throttles
from oailint.project.values import External, Function, Items, Made, Plain, String

FEWEST_TURNS = 5
"""A loop whose turns are known and fewer is no load."""

WORK, SKIP, SLOW = "work", "skip", "slow"


class Entered(NamedTuple):
    """A function entered on the way down: how it was reached decides which of the callables it was given it runs."""

    scope: int
    site: int
    context: int
    concurrent: bool


@dataclass(frozen=True)
class Start:
    """Where a loop's work begins: a site inside it. ``region`` is the loop, -1 for a call that loops by itself."""

    site: int
    region: int


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
        self._roles: dict[tuple[int, int, int], str] = {}

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
        return sorted(loops, key=lambda loop: (loop.location, loop.kind))

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
            role = self.role(flow, region, number)
            if role == WORK:
                yield Start(number, region)
            if role != SKIP:
                return

    def nearest_stops(self, number: int) -> bool:
        """Whether a loop around the site in its scope takes over from loops of its callers."""
        site = self.program.sites[number]
        flow = self.graph.flow(site.scope)
        return any(self.role(flow, region, number) != SKIP for region in flow.loops_around(site.region))

    # --- what kind of loop --------------------------------------------------------------------

    def role(self, flow: Flow, region: int, number: int) -> str:
        """``work``, ``slow`` (work that waits: for a person, or by a throttle) or ``skip`` (no work loop at all)."""
        key = (flow.scope, region, number)
        if key not in self._roles:
            self._roles[key] = self._role(flow, region, number)
        return self._roles[key]

    def _role(self, flow: Flow, region: int, number: int) -> str:
        one = flow.regions[region]
        if isinstance(one, facts.For) and self._few(flow, one):
            return SKIP
        comprehension = isinstance(one, facts.For) and one.is_comprehension
        if not comprehension:
            if self._last_turn(flow, region, number):
                return SKIP
            if self._repeats(flow, region, number):
                return SKIP
            if isinstance(one, facts.While) and self._polls(number):
                return SKIP
            if any(
                self.graph.asks(other) and not self.graph.conditional(other, region)
                for other in self.graph.sites_in(flow, region)
            ):
                return SLOW
            if self.throttles.paced(flow, number, region):
                return SLOW
        elif self.throttles.limited(number, region, concurrency=False) or self._in_pool(number):
            return SLOW
        return WORK

    def _in_pool(self, number: int) -> bool:
        """Whether a bounded pool is called with the comprehension (``Parallel(n_jobs=8)(delayed(f)(x) for x in
        xs)``)."""
        outer = self.program.sites[number].outer
        while outer >= 0:
            for value in self.graph.callees(outer):
                if isinstance(value, Made) and value.name in self.fans.pools:
                    return self.throttles.size_given(value)
            outer = self.program.sites[outer].outer
        return False

    def _last_turn(self, flow: Flow, region: int, number: int) -> bool:
        """Whether what follows the site always leaves the loop, so that it runs once."""
        site = self.program.sites[number]
        for place, one in [*self.program.chain(flow.scope, site.region), (0, None)]:
            if place == 0:
                return False
            if place != region and isinstance(one, LOOPS):
                continue
            ends = flow.ends(place)
            if place != region and flow.nearest_loop(place) != region:
                ends = ends | {FALL} if ends & {BREAK, CONTINUE} else ends
            if FALL not in ends and CONTINUE not in ends:
                return True
            if place == region:
                return False
        return False

    def _polls(self, number: int) -> bool:
        """Whether the site asks for the state of a job."""
        return any(request.method.endswith((".retrieve", ".cancel")) for request, _ in self._sends.get(number, ()))

    def _repeats(self, flow: Flow, region: int, number: int) -> bool:
        """Whether the loop's turns are tries at the same thing, or at alternatives, one of which is enough."""
        http = any(request.sdk == "http" for request, _ in self._sends.get(number, ()))
        layer = self.layers.around(number, FROM_HTTP if http else FROM_SDK).layer
        if layer is not None and layer.loop == region:
            return True
        site = self.program.sites[number]
        for place, one in self.program.chain(flow.scope, site.region):
            if place == region:
                break
            if isinstance(one, facts.Try) and next(iter(flow.loops_around(place)), -1) == region:
                body = flow.ends(place)
                rounds = [handler for handler in flow.handlers(place) if flow.goes_round(handler, region)]
                if rounds and FALL not in body and CONTINUE not in body:
                    return True
                if rounds and self.layers.attempts(flow, region) and flow.leaves_loop(place, region):
                    return isinstance(flow.regions[region], facts.For) or FALL not in body
        return self._asks_again(flow, region) or self._until_answered(flow, region, number)

    def _until_answered(self, flow: Flow, region: int, number: int) -> bool:
        """``while answer is None: answer = ask()``: the same question until there is an answer."""
        one = flow.regions[region]
        if not isinstance(one, facts.While):
            return False
        test = one.test
        if isinstance(test, facts.Comparison):
            missing = test.operators[0] in ("is", "==") and isinstance(test.operands[-1], (facts.Constant, facts.Text))
            tested = mentioned(test.operands[0]) if missing else set()
        elif isinstance(test, facts.Operation) and test.operator == "not":
            tested = mentioned(test)
        else:
            return False
        return bool(tested & self.layers.result_names(flow, self.program.sites[number].call))

    def _asks_again(self, flow: Flow, region: int) -> bool:
        """A counted loop that goes round on a failure to use the answer and ends on success."""
        if not isinstance(flow.regions[region], facts.For) or not self.layers.attempts(flow, region):
            return False
        for place in flow.inside(region):
            if isinstance(flow.regions[place], facts.Try) and next(iter(flow.loops_around(place)), -1) == region:
                rounds = any(flow.goes_round(handler, region) for handler in flow.handlers(place))
                if rounds and (flow.leaves_loop(place, region) or flow.after_leaves_loop(place, region)):
                    return True
        return False

    def _few(self, flow: Flow, one: facts.For) -> bool:
        """Whether the loop has a handful of turns, or goes through stages of the program."""
        iterable = one.iterable
        linker = self.graph.linker
        if isinstance(iterable, facts.Call) and iterable.arguments:
            callees = {
                v.name for v in linker.evaluate(iterable.func, flow.scope, one.parent) if isinstance(v, External)
            }
            if "builtins.range" in callees:
                last = iterable.arguments[min(1, len(iterable.arguments) - 1)].value
                bounds = linker.evaluate(last, flow.scope, one.parent)
                numbers = [value.value for value in bounds if isinstance(value, Plain) and value.kind == "number"]
                return bool(numbers) and len(numbers) == len(bounds) and all((n or 0) < FEWEST_TURNS for n in numbers)
        if isinstance(iterable, facts.Sequence) and len(iterable.items) < FEWEST_TURNS:
            return not any(isinstance(item, facts.Starred) for item in iterable.items)
        values = linker.evaluate(iterable, flow.scope, one.parent)
        items = [value for value in values if isinstance(value, Items)]
        if items and len(items) == len(values):
            contents = frozenset().union(*(linker.state.contents(value) for value in items))
            return bool(contents) and all(isinstance(value, Function) for value in contents)
        return False

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
            yield WorkLoop(Location(self.program.path_of(scope), span), kind, how, confidence, requests)

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
                concurrent = entered.concurrent or self._runs_aside(number, send.via, request.asynchronous, start)
                if not self._may(send.route, send.target, entered):
                    continue
                if concurrent and self._bounded(number, send.via, entered.concurrent, flow, region):
                    continue
                if self._slowed(path, request, send, concurrent, region):
                    continue
                yield request, path, concurrent
            for edge in self.graph.edges_from(number):
                if edge.callee not in self._reaching or edge.via == "bind" or self._only_registered(edge):
                    continue
                if not self._may(edge.route, Function(edge.callee), entered):
                    continue
                concurrent = entered.concurrent or self._edge_aside(edge, start)
                if concurrent and self._bounded(edge.site, edge.via, entered.concurrent, flow, region):
                    continue
                inner = Entered(edge.callee, *self._came(edge), concurrent)
                if inner in seen:
                    continue
                seen.add(inner)
                for lower in self.program.scopes[edge.callee].sites:
                    if self._leads(lower) and not self._ends_at(lower, concurrent):
                        queue.append((lower, inner, path))

    def _only_registered(self, edge: Edge) -> bool:
        """Whether a library was given a function of the project, and nothing says that it calls it now."""
        if edge.via != "passed":
            return False
        return self.program.scopes[edge.callee].parent != self.program.sites[edge.site].scope

    def _came(self, edge: Edge) -> tuple[int, int]:
        routed = any(
            other.route is not None
            for n in self.program.scopes[edge.callee].sites
            for other in self.graph.edges_from(n)
        )
        routed = routed or any(
            send.route is not None for n in self.program.scopes[edge.callee].sites for send in self.graph.sends_from(n)
        )
        return (edge.site, edge.context) if routed else (-1, -1)

    def _may(self, route: tuple[int, str] | None, value: object, entered: Entered) -> bool:
        """Whether a function entered in this way can have been given this callable."""
        if route is None or entered.site < 0:
            return True
        place = entered.site if route[0] == entered.scope else entered.context
        given = self.graph.state.passed.get(route, {})
        relevant = {one: sites for one, sites in given.items() if same_callable(one, value)}  # type: ignore[arg-type]
        if not relevant or not any(place in sites for sites in given.values()):
            return True
        return any(place in sites for sites in relevant.values())

    def _ends_at(self, number: int, concurrent: bool) -> bool:
        """Whether a loop or throttle around a site, in its own scope, keeps loops further up from being the cause."""
        site = self.program.sites[number]
        flow = self.graph.flow(site.scope)
        if self.nearest_stops(number) or any(
            edge.via in ("map", "serial-map") for edge in self.graph.edges_from(number)
        ):
            return True
        if self.throttles.limited(number, 0, concurrency=concurrent) or self.throttles.decorated(site.scope):
            return True
        if concurrent:
            return self.throttles.acquired(flow, number) or self.throttles.counted(flow)
        return self.throttles.paced(flow, number, 0) and not self._is_lambda(site.scope)

    def _is_lambda(self, scope: int) -> bool:
        return self.program.scopes[scope].facts.kind == "lambda"

    # --- concurrency --------------------------------------------------------------------------

    def _edge_aside(self, edge: Edge, start: Start) -> bool:
        callee = self.program.scopes[edge.callee].facts
        waits = callee.is_async and not callee.is_generator
        if edge.via == "serial-map":  # map() over a coroutine function makes coroutines, which something else runs
            return waits and self.program.sites[edge.site].outer >= 0
        return self._runs_aside(edge.site, edge.via, waits or self._in_thread(edge.site), start)

    def _in_thread(self, number: int) -> bool:
        """Whether a call runs its callable in a thread, and gives something to await."""
        func = self.program.sites[number].call.func
        if isinstance(func, facts.Attribute) and func.name in self.fans.any_receiver:
            return self.fans.any_receiver[func.name].kind == "call"
        names = [value.name for value in self.graph.callees(number) if isinstance(value, External)]
        return any(name in self.fans.calls and self.fans.calls[name].kind == "call" for name in names)

    def _runs_aside(self, number: int, via: str, asynchronous: bool, start: Start) -> bool:
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

    def _bounded(self, number: int, via: str, already: bool, flow: Flow, region: int) -> bool:
        """Whether a concurrent step is bounded. ``already``: it runs inside something started before; only then does a
        semaphore around it bound it, around the start itself it is released at once."""
        if self.throttles.pool_bounded(number, via):
            return True
        if already and self.throttles.limited(number, -1, concurrency=True):
            return True
        if self._handed_to_limiter(number):
            return True
        return region >= 0 and self.throttles.batched(flow, region)

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
