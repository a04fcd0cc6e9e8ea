"""Whether something really limits the requests of a loop: sleeps it executes, limiters, semaphores, bounded pools."""

from __future__ import annotations

from oailint import facts, knowledge
from oailint.project.flow import LOOPS, Flow, mentioned
from oailint.project.graph import Graph, pacing_test
from oailint.project.program import walk
from oailint.project.values import NOTHING, External, Items, Made, Plain, Values

WAITS = frozenset(("wait", "join", "result", "get", "gather", "as_completed", "sleep", "acquire", "joinall"))
"""Methods and functions that wait until some work is done."""


class Throttles:
    """Answers about places in scopes."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.program = graph.program
        self.linker = graph.linker
        self.fans = knowledge.fans()

    # --- pacing -------------------------------------------------------------------------------

    def paced(self, flow: Flow, number: int, outer: int) -> bool:
        """Whether a sleep or limiter is executed along with a site at every turn of (or entry into) the region
        ``outer``."""
        site = self.program.sites[number]
        around = {region for region, _ in self.program.chain(flow.scope, site.region)}
        if self.limited(number, outer, concurrency=False):
            return True
        for other in self.graph.sites_in(flow, outer):
            if self.graph.sleeps(other) and self._executed(flow, other, outer, around):
                return True
        return False

    def _executed(self, flow: Flow, number: int, outer: int, around: set[int]) -> bool:
        site = self.program.sites[number]
        for place, region in self.program.chain(flow.scope, site.region):
            if place == outer:
                return True
            if place in around:
                continue
            if isinstance(region, (facts.Handler, facts.While)):
                return False  # a pause in a loop of its own waits for something: it does not space requests
            if isinstance(region, facts.Branch) and not pacing_test(region.test, site.call):
                if not self._by_counter(flow, region.test, outer):
                    return False
        return outer == 0

    def _by_counter(self, flow: Flow, test: facts.Expr, loop: int) -> bool:
        """Whether a test skips some turns by their count: ``if i > 0``, ``if sent >= 20``."""
        one = flow.regions[loop]
        if not isinstance(one, LOOPS) or not isinstance(test, facts.Comparison) or "==" in test.operators:
            return False
        counters = self._counters(flow, "+") & flow.names_set(loop)
        if isinstance(one, facts.For):
            counters |= mentioned(one.target)
        numbers = any(isinstance(operand, facts.Number) for operand in test.operands)
        return bool(counters & mentioned(test)) and (numbers or any(isinstance(n, facts.Call) for n, _ in walk(test)))

    # --- limiters -----------------------------------------------------------------------------

    def limited(self, number: int, outer: int, *, concurrency: bool) -> bool:
        """Whether a ``with`` of a limiter (for ``concurrency``: also a semaphore) encloses a site inside ``outer``."""
        site = self.program.sites[number]
        for place, region in self.program.chain(site.scope, site.region):
            if place == outer:
                break
            if isinstance(region, facts.With):
                for item in region.items:
                    if self._limits(self.linker.evaluate(item, site.scope, region.parent), concurrency):
                        return True
        return False

    def _limits(self, values: Values, concurrency: bool) -> bool:
        for value in values:
            found = self.graph.throttle_of(value)
            if found is None:
                continue
            kind = found[0].kind
            if kind == "semaphore" and found[1] >= 0 and found[0].bound and not self._bounded(found[1], found[0].bound):
                continue
            if kind == "limiter" or (kind == "semaphore" and concurrency):
                return True
        return False

    def acquired(self, flow: Flow, number: int) -> bool:
        """Whether the site's scope acquires a semaphore or limiter by hand before it."""
        for other in self.program.scopes[flow.scope].sites:
            site = self.program.sites[other]
            func = site.call.func
            if isinstance(func, facts.Attribute) and func.name in ("acquire", "try_acquire", "wait", "__aenter__"):
                values = self.linker.evaluate(func.value, site.scope, site.region)
                if self._limits(values, True) and site.span <= self.program.sites[number].span:
                    return True
        return False

    def counted(self, flow: Flow, number: int) -> bool:
        """Whether a scope waits, before a site, in a loop until a counter is low enough that goes up and down: a
        semaphore made by hand."""
        for place, region in enumerate(flow.regions):
            if isinstance(region, facts.While) and isinstance(region.test, facts.Comparison):
                inner = set(self.graph.sites_in(flow, place))
                waits = any(self.graph.sleeps(site) for site in inner)
                kept = self._counters(flow, "+") & self._counters(flow, "-") & mentioned(region.test)
                if waits and kept and number not in inner:
                    return True
        return False

    def _counters(self, flow: Flow, operator: str) -> set[str]:
        return {
            name
            for statement in flow.facts.statements
            if isinstance(statement, facts.Assign) and statement.operator == operator
            for target in statement.targets
            for name in mentioned(target)
        }

    def decorated(self, scope: int) -> bool:
        """Whether a rate-limiting decorator stands on a function."""
        info = self.program.scopes[scope]
        for decorator in info.facts.decorators:
            for value in self.linker.evaluate(decorator, info.parent, info.facts.parent_region):
                found = self.graph.throttle_of(value)
                if found is not None and found[0].kind in ("decorator", "limiter"):
                    return True
        return False

    # --- concurrency --------------------------------------------------------------------------

    def has_limiter(self, scope: int) -> bool:
        """Whether a scope enters a limiter or semaphore."""
        for region in self.program.scopes[scope].facts.regions:
            if isinstance(region, facts.With):
                if any(self._limits(self.linker.evaluate(item, scope, region.parent), True) for item in region.items):
                    return True
        return False

    def pool_bounded(self, number: int, via: str) -> bool:
        """Whether the pool that a call gives work to has a bound that is not the size of the work."""
        site = self.program.sites[number]
        if via == "call":  # run_in_executor(executor, f, x)
            first = site.call.arguments[0].value if site.call.arguments else None
            values = self.linker.evaluate(first, site.scope, site.region) if first is not None else NOTHING
            pools = [value for value in values if isinstance(value, Made) and value.name in self.fans.pools]
            return bool(pools) and all(self.size_given(pool) for pool in pools)
        if via not in ("submit", "map"):
            return False
        func = site.call.func
        if isinstance(func, facts.Attribute):
            for value in self.linker.evaluate(func.value, site.scope, site.region):
                if isinstance(value, Made) and value.name in self.fans.pools:
                    return self.size_given(value)
        for value in self.graph.callees(number):
            fan = self.fans.calls.get(value.name) if isinstance(value, External) else None
            if fan is not None:
                return self._bounded(number, fan.bound)
        return False

    def size_given(self, pool: Made) -> bool:
        """Whether a pool is made with a size that is not the size of the work."""
        return pool.site >= 0 and self._bounded(pool.site, self.fans.pools[pool.name])

    def _bounded(self, number: int, places: tuple[str, ...]) -> bool:
        site = self.program.sites[number]
        positional = [argument.value for argument in site.call.arguments if not argument.keyword]
        given: facts.Expr | None = None
        for place in places:
            if place.isdigit() and int(place) < len(positional):
                given = given or positional[int(place)]
            for argument in site.call.arguments:
                if argument.keyword == place:
                    given = given or argument.value
        if given is None:
            return False
        return not self._size_of_work(given, site.scope, site.region)

    def counts_workers(self, flow: Flow, region: int) -> bool:
        """Whether a loop starts as many as a number says, not one for each item: ``for _ in range(WORKERS)``."""
        one = flow.regions[region] if region >= 0 else None
        if not isinstance(one, facts.For) or not isinstance(one.iterable, facts.Call) or not one.iterable.arguments:
            return False
        if one.iterable.func != facts.Name("range"):
            return False
        return not self._size_of_work(one.iterable.arguments[-1].value, flow.scope, one.parent)

    def _size_of_work(self, node: facts.Expr, scope: int, region: int, depth: int = 0) -> bool:
        """Whether a bound is ``None`` or the number of items, possibly through a variable."""
        if isinstance(node, facts.Constant):
            return node.name == "None"
        if isinstance(node, facts.Call):
            callees = {
                value.name for value in self.linker.evaluate(node.func, scope, region) if isinstance(value, External)
            }
            if "builtins.min" in callees:
                return all(self._size_of_work(a.value, scope, region, depth) for a in node.arguments)
            if "builtins.max" in callees:
                return any(self._size_of_work(a.value, scope, region, depth) for a in node.arguments)
            return "builtins.len" in callees
        if isinstance(node, facts.Name) and depth < 3:
            home = self.linker.expressions.home(scope, node.id)
            if home < 0:
                return False
            info = self.program.scopes[home].facts
            assigned = [
                one for one in info.statements
                if isinstance(one, facts.Assign) and facts.Name(node.id) in one.targets and one.value is not None
            ]  # fmt: skip
            if assigned:
                return all(
                    one.value is not None and self._size_of_work(one.value, home, one.region, depth + 1)
                    for one in assigned
                )
            parameter = next((one for one in info.parameters if one.name == node.id), None)
            if parameter is not None and isinstance(parameter.default, facts.Constant):
                given = self.linker.state.known(("name", home, node.id))
                return all(isinstance(value, Plain) and value.value is None for value in given)
        return False

    def batched(self, flow: Flow, region: int) -> bool:
        """Whether a fan-out region works through a slice or a chunk that a loop around it hands out."""
        one = flow.regions[region]
        kept = flow.names_set(region)
        if isinstance(one, facts.While):
            return self._counts_running(one.test, kept)
        if not isinstance(one, facts.For):
            return False
        if self._chunk(flow, one.iterable, one.parent):
            return True
        for number in flow.inside(region):
            inner = flow.regions[number]
            if isinstance(inner, facts.While) and number != region and self._counts_running(inner.test, kept):
                return True
            if isinstance(inner, facts.Branch) and self._counts_running(inner.test, kept) and self._waits(flow, number):
                return True
        return False

    def _waits(self, flow: Flow, region: int) -> bool:
        """Whether something is waited for inside a region."""
        return any(
            isinstance(node, facts.Await)
            or (isinstance(node, facts.Call) and isinstance(node.func, facts.Attribute) and node.func.name in WAITS)
            or (isinstance(node, facts.Call) and isinstance(node.func, facts.Name) and node.func.id in WAITS)
            for node, _ in flow.expressions(region)
        )

    def _chunk(self, flow: Flow, node: facts.Expr, region: int) -> bool:
        outer_numbers = list(flow.loops_around(region))
        outer = [flow.regions[number] for number in outer_numbers]
        targets: set[str] = set()
        for one in outer:
            if isinstance(one, facts.For):
                targets |= mentioned(one.target)
        if isinstance(node, facts.Subscript) and isinstance(node.index, facts.Slice):
            return bool(outer) and node.index.upper is not None
        if isinstance(node, facts.Call) and node.arguments:
            return any(self._chunk(flow, argument.value, region) for argument in node.arguments)
        if isinstance(node, facts.Name) and outer:
            if node.id in targets:
                return True
            for statement in flow.facts.statements:
                if isinstance(statement, facts.Assign) and facts.Name(node.id) in statement.targets:
                    value = statement.value
                    if isinstance(value, facts.Subscript) and isinstance(value.index, facts.Slice):
                        inside = any(loop in outer_numbers for loop in flow.loops_around(statement.region))
                        return inside and value.index.upper is not None
        return False

    def _counts_running(self, test: facts.Expr, kept: set[str]) -> bool:
        """``len(running) < limit`` and its like, where what is counted changes in the loop (``kept``)."""
        for node, _ in walk(test):
            if isinstance(node, facts.Comparison) and set(node.operators) & {"<", "<=", ">", ">=", "=="}:
                for operand in node.operands:
                    if (
                        isinstance(operand, facts.Call)
                        and isinstance(operand.func, facts.Name)
                        and operand.func.id == "len"
                        and any(mentioned(argument.value) & kept for argument in operand.arguments)
                    ):
                        return True
        return False


__all__ = ["LOOPS", "Items", "Throttles"]
