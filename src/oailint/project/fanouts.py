"""The coroutines of a fan-out: which calls make them, and where a semaphore that all of them share can be made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from oailint import facts, knowledge
from oailint.findings import Location
from oailint.project import strings
from oailint.project.asides import Asides
from oailint.project.flow import LOOPS, Flow, mentioned, root_name
from oailint.project.graph import Graph
from oailint.project.model import Request, Started, WorkLoop
from oailint.project.program import children, region_expressions, statement_expressions, target_names
from oailint.project.state import Edge
from oailint.project.turns import SKIP, Turns
from oailint.project.values import External
from oailint.project.waiting import Waiting

COLLECTS = frozenset(("add", "append", "appendleft", "insert"))
"""Methods of collections that keep what they are given and do nothing with it."""

NO_LOOP = (
    "it does not stand in a coroutine function, where a semaphore would belong to the event loop that runs the work"
)
NO_COROUTINE = "each turn starts a thread, a process or a callback, not a coroutine that could wait for a semaphore"
DEEPER = "the work is started in a function that the loop calls, not in the loop itself"
BY_MAP = "`map` makes the coroutines: only as a comprehension could each be made to wait"
ENDLESS = "the loop has no end, so that work which takes long would keep all other work out"
NESTED = "it runs inside of another fan-out, and each run would have a bound of its own"
TOGETHER = "the coroutines wait for one another, which a bound could bring to a standstill"
ELSEWHERE = "the coroutine goes to an event loop in another thread"
UNSEEN = "what becomes of each coroutine is not visible here"


class _Anchor(NamedTuple):
    """A place in the statement that a semaphore goes before, and the region which that statement is in."""

    span: facts.Span
    region: int


class _Unsuited(Exception):
    """A fan-out that no semaphore can be put to. The message says why."""


class FanOuts:
    """Answers for fan-outs of a linked program."""

    def __init__(self, graph: Graph, asides: Asides, turns: Turns) -> None:
        self.graph = graph
        self.program = graph.program
        self.asides = asides
        self.turns = turns
        self.waiting = Waiting(graph)
        self._anchors: dict[int, list[_Anchor]] = {}
        self._scopes: dict[Location, tuple[int, _Anchor]] = {}

    def of(
        self, flow: Flow, region: int, found: Iterable[tuple[Request, tuple[int, ...]]]
    ) -> tuple[Started | None, str]:
        """The coroutines that a fan-out makes, each time that it is entered, or why they cannot be made to wait.

        ``region`` is the loop, -1 if a call loops by itself; ``found`` are the requests that it reaches, with the call
        sites on the way, of which the first is in the loop.
        """
        try:
            return self._started(flow, region, list(found)), ""
        except _Unsuited as reason:
            return None, str(reason)

    def _started(self, flow: Flow, region: int, found: Sequence[tuple[Request, tuple[int, ...]]]) -> Started:
        first = sorted({chain[0] for _, chain in found})
        for request, chain in found:
            self._check_coroutine(chain, request)
        if flow.facts.kind != "function" or not flow.facts.is_async:
            raise _Unsuited(NO_LOOP)
        one = flow.regions[region] if region >= 0 else None
        if isinstance(one, facts.While) and one.test in (facts.Constant("True"), facts.Number(1)):
            raise _Unsuited(ENDLESS)
        if self._is_nested(flow.scope):
            raise _Unsuited(NESTED)
        path = self.program.path_of(flow.scope)
        places = []
        anchors = []
        for number in first:
            call, holder = self._handed(flow, number)
            places.append(Location(path, call.span))
            anchors.append(self._anchor(flow, number, holder))
        anchor = min(anchors)
        self._anchors.setdefault(flow.scope, []).append(anchor)
        self._scopes[Location(path, anchor.span)] = flow.scope, anchor
        return Started(tuple(dict.fromkeys(places)), Location(path, anchor.span))

    def shared(self, loops: Iterable[WorkLoop]) -> list[WorkLoop]:
        """``loops``, where one semaphore serves several fan-outs of a function if it can be made before all of them."""
        return [replace(loop, started=self._shared(loop.started)) if loop.started else loop for loop in loops]

    def _shared(self, started: Started) -> Started:
        scope, own = self._scopes[started.before]
        around = {0, *(region for region, _ in self.program.chain(scope, own.region))}
        earliest = min(one for one in self._anchors[scope] if one.region in around)
        return replace(started, before=Location(started.before.path, earliest.span))

    # --- what makes a coroutine -----------------------------------------------------------------

    def _check_coroutine(self, chain: tuple[int, ...], request: Request) -> None:
        """Raises _Unsuited unless the first call of a chain gives a coroutine, with all the work in it."""
        number = chain[0]
        edges = self.graph.edges_from(number)
        vias = {edge.via for edge in edges} | {send.via for send in self.graph.sends_from(number)}
        if vias & {"map", "serial-map"}:
            raise _Unsuited(BY_MAP if vias == {"serial-map"} else NO_COROUTINE)
        if vias & {"start", "submit", "passed", "bind"}:
            raise _Unsuited(NO_COROUTINE)
        site = self.program.sites[number]
        if site.awaited:
            raise _Unsuited(DEEPER)
        if self._is_threaded(number):
            return
        if vias - {"call"} or (len(chain) == 1 and not request.asynchronous):
            raise _Unsuited(NO_COROUTINE)
        if not all(self._is_coroutine(edge) for edge in edges):
            raise _Unsuited(NO_COROUTINE if self.asides.in_thread(number) else DEEPER)
        for edge in edges:
            if self.waiting.for_others(edge.callee):
                raise _Unsuited(TOGETHER)

    def _is_threaded(self, number: int) -> bool:
        """Whether a call gives a coroutine that runs a plain function in a thread, and no future of one that runs."""
        callees = self.graph.callees(number)
        fans = knowledge.fans().calls
        return bool(callees) and all(
            isinstance(value, External) and value.name in fans and fans[value.name].coroutine for value in callees
        )

    def _is_coroutine(self, edge: Edge) -> bool:
        callee = self.program.scopes[edge.callee].facts
        if callee.is_async:
            return not callee.is_generator
        return self.asides.returns_coroutine(edge.callee) and self.asides.returns_nothing_else(edge.callee)

    def _is_nested(self, scope: int) -> bool:
        """Whether a function is on the way from another fan-out."""
        queue, seen = [scope], {scope}
        for one in queue:
            for edge in self.graph.edges_into(one):
                site = self.program.sites[edge.site]
                flow = self.graph.flow(site.scope)
                loops = list(flow.loops_around(site.region))
                if self.asides.of_edge(edge) and any(
                    self.turns.role(flow, place, edge.site) != SKIP for place in loops
                ):
                    return True
                if site.scope not in seen and self.program.scopes[site.scope].is_function:
                    seen.add(site.scope)
                    queue.append(site.scope)
        return False

    # --- what becomes of it ---------------------------------------------------------------------

    def _handed(self, flow: Flow, number: int) -> tuple[facts.Call, facts.Expr]:
        """The call whose result can be made to wait, and what is kept of it (a task, or the same). Raises _Unsuited."""
        site = self.program.sites[number]
        root, above = self._above(flow, site.call)
        call = held = site.call
        below: facts.Expr = site.call
        for node in above:
            if isinstance(node, facts.Comprehension):
                return call, held
            is_choice = isinstance(node, facts.Conditional) and below is not node.test
            if is_choice or isinstance(node, (facts.Sequence, facts.Mapping)):
                below = node
            elif isinstance(node, facts.Call) and any(argument.value is below for argument in node.arguments):
                fan = self.asides.fan(self.program.site_of[id(node)])
                if fan is not None and fan.coroutine:  # its time is to begin when it is its turn
                    call = held = below = node
                    continue
                self._check_taker(node)
                return call, node
            else:
                raise _Unsuited(UNSEEN)
        if isinstance(root, facts.Assign):
            if all(isinstance(target, facts.Subscript) for target in root.targets):
                return call, held
            taker = self.asides.handed_on(number)
            if below is call and taker >= 0:
                self._check_taker(self.program.sites[taker].call)
                return call, self.program.sites[taker].call
        raise _Unsuited(UNSEEN)

    def _check_taker(self, call: facts.Call) -> None:
        """Raises _Unsuited unless a call that is given a coroutine runs it in this event loop, or only keeps it."""
        number = self.program.site_of[id(call)]
        if isinstance(call.func, facts.Attribute) and call.func.name in COLLECTS:
            return
        fan = self.asides.fan(number)
        values = self.graph.callees(number)
        if any(isinstance(value, External) and value.name.endswith("_threadsafe") for value in values):
            raise _Unsuited(ELSEWHERE)
        if fan is None or fan.callable or fan.kind not in ("start", "gather"):
            raise _Unsuited(
                f"`{strings.source(call.func)}` is given each coroutine, and what it does with it is not known"
            )

    def _above(self, flow: Flow, call: facts.Call) -> tuple[object, list[facts.Expr]]:
        """The statement or region that a call stands in, and the expressions around it, the innermost first."""
        for statement in flow.facts.statements:
            for root in statement_expressions(statement):
                above = _around(root, call)
                if above is not None:
                    return statement, above
        for number, region in enumerate(flow.regions):
            for _, root in region_expressions(number, region):
                above = _around(root, call)
                if above is not None:
                    return region, above
        raise _Unsuited(UNSEEN)

    # --- where the semaphore goes -----------------------------------------------------------------

    def _anchor(self, flow: Flow, number: int, holder: facts.Expr) -> _Anchor:
        """The outermost statement whose runs make coroutines that can be there at the same time."""
        site = self.program.sites[number]
        root, above = self._above(flow, site.call)
        waited = any(_waits(node) for node in above) or (isinstance(root, facts.For) and _takes_all(root.iterable))
        names = self._kept_in(flow, site.call, holder)
        group = root_name(holder.func) if isinstance(holder, facts.Call) else ""
        before = _Anchor(site.span, site.region)
        is_made = False
        for place, region in self.program.chain(flow.scope, site.region):
            if isinstance(region, facts.For) and region.is_comprehension:
                is_made = True
                before = _Anchor(site.span, region.parent)
            elif isinstance(region, facts.With) and group and facts.Name(group) in region.targets:
                return _Anchor(region.span, region.parent)  # a task group ends with its tasks
            elif isinstance(region, LOOPS):
                if is_made and (waited or self._waited_in(flow, place, names)):
                    return before
                is_made = True
                before = _Anchor(region.span, region.parent)
        return before

    def _kept_in(self, flow: Flow, call: facts.Call, holder: facts.Expr) -> set[str]:
        """The names of what holds the coroutines, or their tasks, of all turns."""
        names = self.asides.collected_in(flow, call)
        if isinstance(holder, facts.Call):
            names |= self.asides.collected_in(flow, holder)
            if isinstance(holder.func, facts.Attribute) and holder.func.name in COLLECTS:
                names.add(root_name(holder.func.value))
        for statement in flow.facts.statements:
            if not isinstance(statement, facts.Assign) or statement.value is None:
                continue
            for target in statement.targets:
                if isinstance(target, facts.Subscript) and statement.value in (call, holder):
                    names.add(root_name(target))
                elif _around(statement.value, call) is not None:
                    names.update(target_names(target))
        return names - {""}

    def _waited_in(self, flow: Flow, loop: int, names: set[str]) -> bool:
        """Whether each turn of a loop begins with none of the coroutines in ``names``, and waits for all of them."""
        fresh = {
            name
            for statement in flow.statements(loop)
            if isinstance(statement, facts.Assign) and not statement.operator
            for target in statement.targets
            for name in target_names(target)
        }
        kept = names & fresh
        if any(_waits(node) and mentioned(node) & kept for node, _ in flow.expressions(loop)):
            return True
        inner = [flow.regions[place] for place in flow.inside(loop) if place != loop]
        return any(
            isinstance(one, facts.For) and _takes_all(one.iterable) and mentioned(one.iterable) & kept for one in inner
        )


def _waits(node: facts.Expr) -> bool:
    """Whether an expression waits until all coroutines that it is given are done."""
    return isinstance(node, facts.Await) and _takes_all(node.value)


def _takes_all(node: facts.Expr) -> bool:
    if not isinstance(node, facts.Call) or any(one.keyword in ("timeout", "return_when") for one in node.arguments):
        return False
    name = node.func.name if isinstance(node.func, facts.Attribute) else root_name(node.func)
    return name in ("as_completed", "gather", "wait")


def _around(root: facts.Expr, wanted: facts.Expr) -> list[facts.Expr] | None:
    """The expressions between ``root`` and one inside it, the innermost first; None if it is not inside."""
    parents: dict[int, facts.Expr] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        if node is wanted:
            above = []
            while id(node) in parents:
                node = parents[id(node)]
                above.append(node)
            return above
        for child in children(node):
            parents[id(child)] = node
            stack.append(child)
    return None


__all__ = ["FanOuts"]
