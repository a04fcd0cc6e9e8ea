"""Retry layers written in the project's own code: a loop with a handler, recursion in a handler, a repeated call.

For one call site and the exceptions that leave it: which layer catches and repeats it, and what gets past.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from oailint import facts, knowledge
from oailint.findings import Location
from oailint.project import strings
from oailint.project.errors import HTTP, Errors, Tokens
from oailint.project.flow import LOOPS, RAISE, Flow, mentioned
from oailint.project.graph import Graph
from oailint.project.program import Site, walk
from oailint.project.shapes import is_remainder, put_into, taken_from, without_places
from oailint.project.state import Route, same_callable
from oailint.project.values import External, Function, Made, Plain, Value

STATUS_NAMES = frozenset(("status_code", "status", "ok", "is_success", "is_error"))
"""Attributes of an HTTP response that tell of failure."""


class Layer(Struct, frozen=True):
    """Something that sends a failed request again. ``waits``: it pauses between tries."""

    kind: str
    location: Location
    waits: bool
    loop: int = -1
    """For a loop of the project: its region."""


class Around(Struct, frozen=True):
    """What stands around a site in its scope: the layer that retries it, or the exceptions that get out."""

    layer: Layer | None
    escaping: Tokens
    swallowed_at: Location | None = None


class Layers:
    """Finds retry layers around sites."""

    def __init__(self, graph: Graph, errors: Errors) -> None:
        self.graph = graph
        self.errors = errors
        self.program = graph.program
        self.tools = knowledge.retries().tools
        self.suppressors = knowledge.errors().suppressors
        self._found: dict[tuple[int, Tokens], Around] = {}

    def around(self, site: int, tokens: Tokens) -> Around:
        """The retry layer of the site's own scope that repeats it when one of ``tokens`` leaves it."""
        key = (site, tokens)
        if key not in self._found:
            self._found[key] = self._look(site, tokens)
        return self._found[key]

    def _look(self, number: int, tokens: Tokens) -> Around:
        site = self.program.sites[number]
        flow = self.graph.flow(site.scope)
        swallowed: Location | None = None
        for place, region in self.program.chain(site.scope, site.region):
            if isinstance(region, facts.For) and tokens:
                layer = self._tool_loop(flow, place, region, tokens)
                if layer is not None:
                    return Around(layer, frozenset())
            if isinstance(region, facts.Try):
                layer, left = self._attempt(flow, number, place, tokens)
                if layer is not None:
                    return Around(layer, frozenset())
                if tokens and not left:
                    swallowed = self._at(site.scope, self.program.region(site.scope, flow.handlers(place)[0]).span)
                tokens = left
            if isinstance(region, facts.With) and tokens:
                layer, left = self._suppressing(flow, place, region, tokens)
                if layer is not None:
                    return Around(layer, frozenset())
                if not left:
                    swallowed = self._at(site.scope, region.span)
                tokens = left
            if isinstance(region, LOOPS) and (not tokens or HTTP in tokens):
                layer = self._by_result(flow, number, place) or self._listed_anew(flow, place)
                if layer is not None:
                    return Around(layer, frozenset())
        layer = (self._restarted(flow, number) or self._last_try(flow, number, tokens)) if tokens else None
        if layer is None and HTTP in tokens:
            layer = self._tried_below(flow, number) or self._recursion_on_status(flow, number)
        return Around(layer, tokens, swallowed)

    def _tried_below(self, flow: Flow, number: int) -> Layer | None:
        """A first try by HTTP whose loop of further ones stands below it: ``while answer.status_code == 429: ...``"""
        site = self.program.sites[number]
        names = self.result_names(flow, site.call)
        for place, region in enumerate(flow.regions):
            if not isinstance(region, facts.While) or region.span < site.span:
                continue
            tested = mentioned(region.test)
            if not tested & names or not tested & STATUS_NAMES:
                continue
            again = [other for other in self.graph.sites_in(flow, place) if self._same_call(other, number)]
            if again and names & flow.names_set(place):
                return Layer("retry on the result", self._at(flow.scope, region.span), self.waits(flow, place))
        return None

    def _recursion_on_status(self, flow: Flow, number: int) -> Layer | None:
        """``if response.status_code == 429: return send(...)`` in the function ``send`` itself."""
        names = self.result_names(flow, self.program.sites[number].call)
        for place, region in enumerate(flow.regions):
            if isinstance(region, facts.Branch) and mentioned(region.test) & names:
                if mentioned(region.test) & STATUS_NAMES and self._recurses(flow, place):
                    return Layer("recursion on the status", self._at(flow.scope, region.span), self.waits(flow, place))
        return None

    def _same_call(self, one: int, other: int) -> bool:
        first, second = self.program.sites[one].call, self.program.sites[other].call
        return one != other and strings.source(first.func) == strings.source(second.func)

    def _restarted(self, flow: Flow, number: int) -> Layer | None:
        """Tasks that are started again in a loop when they failed: ``if task.exception(): start(...)``."""
        callees = {edge.callee for edge in self.graph.edges_from(number)}
        if not callees:
            return None
        for place, region in enumerate(flow.regions):
            if isinstance(region, facts.While) and any(
                edge.callee in callees for _, edge in self.graph.edges_in(flow, place)
            ):
                if any(self._asks_outcome(other) for other in self.graph.sites_in(flow, place)):
                    return Layer(
                        "failed tasks started again", self._at(flow.scope, region.span), self.waits(flow, place)
                    )
        return None

    def _last_try(self, flow: Flow, number: int, tokens: Tokens) -> Layer | None:
        """The layer of the tries before the last one, which stands behind their loop and lets the error out."""
        site = self.program.sites[number]
        for other in self.program.scopes[site.scope].sites:
            one = self.program.sites[other]
            if one.span >= site.span or without_places(one.call) != without_places(site.call):
                continue
            layer = self.around(other, tokens).layer
            if layer is None or layer.loop < 0 or flow.breaks(layer.loop):
                continue  # after a break comes what stands behind the loop, also when a try was good
            behind = not self.program.within(site.scope, site.region, layer.loop)
            if behind and self.program.within(site.scope, site.region, flow.regions[layer.loop].parent):
                return layer
        return None

    def _asks_outcome(self, number: int) -> bool:
        func = self.program.sites[number].call.func
        return isinstance(func, facts.Attribute) and func.name == "exception"

    def _at(self, scope: int, span: facts.Span) -> Location:
        return Location(self.program.path_of(scope), span)

    # --- try statements -----------------------------------------------------------------------

    def _attempt(self, flow: Flow, site: int, attempt: int, tokens: Tokens) -> tuple[Layer | None, Tokens]:
        left = tokens
        out: set[int | str] = set()
        for handler in flow.handlers(attempt):
            caught = self.errors.catches(flow.scope, handler, left)
            if not caught:
                continue
            layer = self._repeats(flow, site, attempt, handler)
            if layer is not None:
                return layer, frozenset()
            out |= self.errors.let_out(flow, handler, caught)
            if caught and flow.ends(handler) == frozenset([RAISE]) and not self.errors.let_out(flow, handler, caught):
                out.add("builtins.SystemExit")
            if self._falls_back(flow, handler):
                out |= caught
            left = left - caught
        return None, left | frozenset(out)

    def _suppressing(self, flow: Flow, place: int, region: facts.With, tokens: Tokens) -> tuple[Layer | None, Tokens]:
        """``with contextlib.suppress(...)``, which is a handler that does nothing: what it leaves of ``tokens``."""
        left = tokens
        for item in region.items:
            for value in self.graph.linker.evaluate(item, flow.scope, region.parent):
                if isinstance(value, Made) and value.name in self.suppressors and value.site >= 0:
                    site = self.program.sites[value.site]
                    for one in site.call.arguments:
                        left -= self.errors.caught(self.graph.linker.evaluate(one.value, site.scope, site.region), left)
        if left == tokens:
            return None, tokens
        loop = next(iter(flow.loops_around(region.parent)), -1)
        again = loop >= 0 and self.attempts(flow, loop) and flow.falls_to(place, loop)
        if again and flow.leaves_loop(place, loop) and not flow.after_leaves_loop(place, loop):
            return Layer(
                "retry loop", self._at(flow.scope, region.span), self._waits_after(flow, place, loop), loop
            ), left
        return None, left

    def _falls_back(self, flow: Flow, handler: int) -> bool:
        """Whether a handler sends another request, which can fail in the same way."""
        return any(
            self.graph.sends_from(number)
            or any(edge.callee in self.graph.senders for edge in self.graph.edges_from(number))
            for number in self.graph.sites_in(flow, handler)
        )

    def _repeats(self, flow: Flow, site: int, attempt: int, handler: int) -> Layer | None:
        at = self._at(flow.scope, flow.regions[handler].span)
        loop = next(iter(flow.loops_around(attempt)), -1)
        if loop >= 0 and self._is_retry_loop(flow, attempt, handler, loop):
            return Layer("retry loop", at, self.waits(flow, handler) or self._waits_after(flow, attempt, loop), loop)
        if self._recurses(flow, handler):
            return Layer("recursion in the handler", at, self.waits(flow, handler))
        if self._puts_back(flow, handler, loop):
            return Layer("the item put back into the work", at, self.waits(flow, handler), loop)
        if loop >= 0 and flow.goes_round(handler, loop) and self._listed_anew(flow, loop) is not None:
            return self._listed_anew(flow, loop)
        if self._hands_back(flow, handler):
            return Layer("the task queue", at, True)
        if self._repeated_in(flow, site, handler):
            return Layer("a second try in the handler", at, self.waits(flow, handler))
        return None

    def _is_retry_loop(self, flow: Flow, attempt: int, handler: int, loop: int) -> bool:
        region = flow.regions[loop]
        if isinstance(region, facts.For) and region.is_comprehension:
            return False
        if not flow.goes_round(handler, loop):
            return False
        if not self.attempts(flow, loop):
            return False
        others = [flow.part(attempt, facts.TryElse)]
        parts = [attempt, *(part for part in others if part is not None)]
        if any(flow.leaves_loop(part, loop) for part in parts) or flow.after_leaves_loop(attempt, loop):
            return True
        return isinstance(region, facts.While) and self._advances(flow, region, parts, handler)

    def _advances(self, flow: Flow, region: facts.While, parts: list[int], handler: int) -> bool:
        """Whether success moves what the loop tests (``while not done``, ``while i < n``)."""
        tested = mentioned(region.test)
        moved = set().union(*(flow.names_set(part) for part in parts))
        return bool(tested & moved - flow.names_set(handler))

    def attempts(self, flow: Flow, loop: int) -> bool:
        """Whether a loop's turns are attempts, not items of work."""
        region = flow.regions[loop]
        if isinstance(region, facts.While):
            return True
        assert isinstance(region, facts.For)
        if self._is_tool_loop(flow, region):
            return True
        if not self._counts(flow, region):
            return False
        return not self._indexes(flow, loop, mentioned(region.target))

    def _counts(self, flow: Flow, region: facts.For) -> bool:
        iterable = region.iterable
        if isinstance(iterable, facts.Call):
            callee = self.graph.linker.evaluate(iterable.func, flow.scope, region.parent)
            names = {value.name for value in callee if isinstance(value, External)}
            if names & {"builtins.range", "itertools.count", "itertools.repeat", "tqdm.trange", "tqdm.auto.trange"}:
                return True
            if names & {"builtins.enumerate", "builtins.reversed"} and iterable.arguments:
                inner = facts.For(
                    region.parent, region.target, iterable.arguments[0].value, (), False, False, region.span
                )
                return self._counts(flow, inner)
        elements = self.graph.linker.expressions.elements(
            self.graph.linker.evaluate(iterable, flow.scope, region.parent)
        )
        return bool(elements) and all(isinstance(value, Plain) for value in elements)

    def _indexes(self, flow: Flow, loop: int, names: set[str]) -> bool:
        """Whether the loop's variable picks an item: then the turns are work."""
        for node, _ in flow.expressions(loop):
            if isinstance(node, facts.Subscript) and names & mentioned(node.index):
                return True
        return False

    def _tool_loop(self, flow: Flow, place: int, region: facts.For, tokens: Tokens) -> Layer | None:
        """``for attempt in Retrying(...)``: a layer if each object that may be iterated retries ``tokens``."""
        tools = [value for value in self.graph.linker.evaluate(region.iterable, flow.scope, region.parent)
                 if isinstance(value, Made) and self._iterates(value)]  # fmt: skip
        if not tools or any(self.why_not((tool.name, tool.site), tokens, False) for tool in tools):
            return None
        waits = all(self._tool_waits(tool.name, tool.site) for tool in tools)
        return Layer("retry library loop", self._at(flow.scope, region.span), waits, place)

    def _iterates(self, value: Made) -> bool:
        tool = self.tools.get(value.name)
        return tool is not None and (tool.iterates or tool.kind == "context")

    def _tool_waits(self, name: str, number: int) -> bool:
        """Whether a library's layer waits between tries, by default or because it is told to."""
        tool = self.tools.get(name)
        if tool is None or tool.waits:
            return True
        if number < 0:
            return False
        keywords = {argument.keyword for argument in self.program.sites[number].call.arguments}
        return bool(keywords & set(tool.wait))

    def _is_tool_loop(self, flow: Flow, region: facts.For) -> bool:
        values = self.graph.linker.evaluate(region.iterable, flow.scope, region.parent)
        return any(isinstance(value, Made) and self._iterates(value) for value in values)

    def _puts_back(self, flow: Flow, handler: int, loop: int) -> bool:
        """Whether the handler puts an item back into what the loop works off (``while todo: ... todo.append(x)``)."""
        region = flow.regions[loop] if loop >= 0 else None
        if not isinstance(region, facts.While) or not flow.goes_round(handler, loop):
            return False
        work = mentioned(region.test)
        work |= {name for node, _ in flow.expressions(loop) for name in taken_from(node)}
        return any(work & put_into(node) for node, _ in flow.expressions(handler))

    def _hands_back(self, flow: Flow, handler: int) -> bool:
        """Whether the handler gives a task back to its queue (Celery's ``raise self.retry(...)`` in a bound task)."""
        parameters = flow.facts.parameters
        in_class = self.program.scopes[self.program.scopes[flow.scope].parent].facts.kind == "class"
        if not parameters or in_class:
            return False
        return any(
            isinstance(node, facts.Attribute) and node.name == "retry" and node.value == facts.Name(parameters[0].name)
            for node, _ in flow.expressions(handler)
        )

    def _recurses(self, flow: Flow, handler: int) -> bool:
        return any(edge.callee == flow.scope for _, edge in self.graph.edges_in(flow, handler))

    def _repeated_in(self, flow: Flow, site: int, handler: int) -> bool:
        """Whether the handler makes the same call again."""
        callees = {edge.callee for edge in self.graph.edges_from(site)}
        if any(edge.callee in callees for _, edge in self.graph.edges_in(flow, handler)):
            return True
        paths = {send.target.path for send in self.graph.sends_from(site) if send.target is not None}
        return any(
            send.target is not None and send.target.path in paths
            for number in self.graph.sites_in(flow, handler)
            for send in self.graph.sends_from(number)
        )

    # --- results ------------------------------------------------------------------------------

    def _by_result(self, flow: Flow, number: int, loop: int) -> Layer | None:
        """A loop that tries again until the call's result is good, where failure is a result."""
        if not self.attempts(flow, loop):
            return None
        site = self.program.sites[number]
        names = self.result_names(flow, site.call)
        if not names:
            return None
        region = flow.regions[loop]
        if isinstance(region, facts.While) and mentioned(region.test) & names:
            return Layer("retry on the result", self._at(flow.scope, region.span), self.waits(flow, loop), loop)
        for branch in flow.inside(loop):
            one = flow.regions[branch]
            if not isinstance(one, facts.Branch) or not mentioned(one.test) & names:
                continue
            if flow.leaves_loop(branch, loop) or (flow.goes_round(branch, loop) and flow.leaves_loop(loop, loop)):
                return Layer("retry on the result", self._at(flow.scope, region.span), self.waits(flow, loop), loop)
        return None

    def _listed_anew(self, flow: Flow, loop: int) -> Layer | None:
        """An endless loop that lists at each turn what is not done yet, and ends when nothing is: what failed is sent
        again."""
        region = flow.regions[loop]
        if not isinstance(region, facts.While) or not isinstance(region.test, (facts.Constant, facts.Number)):
            return None
        assigned = [one for one in flow.statements(loop) if isinstance(one, facts.Assign)]
        left = [target for one in assigned if is_remainder(one.value, flow.regions) for target in one.targets]
        missing = set().union(*map(mentioned, left))
        for branch in flow.inside(loop):
            one = flow.regions[branch]
            if isinstance(one, facts.Branch) and mentioned(one.test) & missing and flow.leaves_loop(branch, loop):
                return Layer("work listed anew", self._at(flow.scope, region.span), self.waits(flow, loop), loop)
        return None

    def raised_for_status(self, number: int) -> Tokens:
        """The exceptions that the site's scope raises on the ground of what the call returned."""
        site = self.program.sites[number]
        flow = self.graph.flow(site.scope)
        names = self.result_names(flow, site.call)
        out: set[int | str] = set()
        for statement in flow.facts.statements:
            if not isinstance(statement, facts.Raise) or statement.value is None or statement.span < site.span:
                continue
            around = [region for _, region in self.program.chain(flow.scope, statement.region)]
            if any(isinstance(region, facts.Branch) and mentioned(region.test) & names for region in around):
                if not any(isinstance(region, facts.Handler) for region in around):
                    out |= self.errors.raised(statement, flow.scope, frozenset())
        return frozenset(out) | self._raised_by_checks(flow, site, names)

    def _raised_by_checks(self, flow: Flow, site: Site, names: set[str]) -> Tokens:
        """The exceptions of the functions that are shown a call's result (``check(response)``), where these raise on a
        condition."""
        out: set[int | str] = set()
        for other in self.program.scopes[flow.scope].sites:
            one = self.program.sites[other]
            if one.span < site.span or not any(mentioned(argument.value) & names for argument in one.call.arguments):
                continue
            for callee in {edge.callee for edge in self.graph.edges_from(other) if edge.via == "call"}:
                for statement in self.program.scopes[callee].facts.statements:
                    if isinstance(statement, facts.Raise) and statement.value is not None and statement.region > 0:
                        out |= self.errors.raised(statement, callee, frozenset())
        return frozenset(out)

    def result_names(self, flow: Flow, call: facts.Call) -> set[str]:
        """The names that hold the result of a call, or what is taken from it."""
        names: set[str] = set()
        for region in flow.regions:
            if isinstance(region, facts.With):
                for item, target in zip(region.items, region.targets, strict=True):
                    if target is not None and any(node is call for node, _ in walk(item)):
                        names |= mentioned(target)
        for statement in flow.facts.statements:
            if isinstance(statement, facts.Assign) and statement.value is not None:
                if any(node is call for node, _ in walk(statement.value)) or mentioned(statement.value) & names:
                    names |= set().union(*(mentioned(target) for target in statement.targets))
        return names

    # --- waiting ------------------------------------------------------------------------------

    def waits(self, flow: Flow, region: int) -> bool:
        """Whether a sleep (or something that sleeps) stands inside a region."""
        return any(self.graph.sleeps(number) for number in self.graph.sites_in(flow, region))

    def _waits_after(self, flow: Flow, attempt: int, loop: int) -> bool:
        inner = set(flow.inside(attempt))
        return any(
            self.graph.sleeps(number)
            for number in self.graph.sites_in(flow, loop)
            if self.program.sites[number].region not in inner
        )

    def tool_layer(self, layers: Iterable[tuple[str, int]], tokens: Tokens, generator: bool) -> Layer | None:
        """The first of a callee's library layers that fires for ``tokens``."""
        for name, number in layers:
            if self.why_not((name, number), tokens, generator):
                continue
            location = Location("", facts.Span(0, 0, 0, 0))
            if number >= 0:
                site = self.program.sites[number]
                location = self._at(site.scope, site.span)
            return Layer(name, location, self._tool_waits(name, number))
        return None

    def why_not(self, layer: tuple[str, int], tokens: Tokens, generator: bool) -> str:
        """Why a library's layer does not retry ``tokens``; empty if it does."""
        tool = self.tools.get(layer[0])
        if generator and tool is not None and not tool.generators:
            return "it does not repeat a generator"
        if self.errors.one_try(layer):
            return "it makes one try only"
        if self.errors.tool_fires(layer, tokens):
            return ""
        return "it does not retry what a request raises" if tokens else "the error is caught before it comes there"

    def handlers_that_give_up(self, number: int, tokens: Tokens) -> list[int]:
        """The lines of the handlers in the site's scope that catch ``tokens`` and do not send the request again."""
        site = self.program.sites[number]
        flow = self.graph.flow(site.scope)
        lines = []
        for place, region in self.program.chain(site.scope, site.region):
            if isinstance(region, facts.Try):
                lines += [
                    flow.regions[handler].span.line
                    for handler in flow.handlers(place)
                    if self.errors.catches(site.scope, handler, tokens)
                ]
                tokens = self._attempt(flow, number, place, tokens)[1]
        return lines

    def beside(self, site: int, tokens: Tokens, route: Route, value: Value) -> Layer | None:
        """The layer of a wrapper that also has a way past it: ``if not retries: return func()`` is its user's choice.

        ``site`` is the way past, ``value`` the callable that it runs and ``route`` the parameter that it came through.
        """
        for other in self.program.scopes[self.program.sites[site].scope].sites:
            if other == site:
                continue
            for send in self.graph.sends_from(other):
                if (
                    send.target is not None
                    and (send.route == route or send.layers)
                    and same_callable(send.target, value)
                ):
                    layer = self.tool_layer(send.layers, tokens, False) or self.around(other, tokens).layer
                    if layer is not None:
                        return layer
            for edge in self.graph.edges_from(other):
                if (edge.route == route or edge.layers) and same_callable(Function(edge.callee), value):
                    layer = self.tool_layer(edge.layers, tokens, False) or self.around(other, tokens).layer
                    if layer is not None:
                        return layer
        return None
