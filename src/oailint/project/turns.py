"""What the turns of a loop are: items of work, tries at the same thing, stages of a program, waiting for an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from oailint import facts, knowledge
from oailint.project.errors import FROM_HTTP, FROM_SDK
from oailint.project.flow import BREAK, CONTINUE, FALL, LOOPS, Flow, mentioned, root_name
from oailint.project.graph import Graph
from oailint.project.layers import Layers
from oailint.project.model import Request
from oailint.project.program import walk
from oailint.project.state import Send
from oailint.project.throttles import Throttles
from oailint.project.values import NUMBERS, External, Function, Items, Made, Plain

FEWEST_TURNS = 5
"""A loop whose turns are known and fewer is no load."""

TRIES = re.compile(r"(^|_)(retry|retries|attempts?|tries|try)(_|$)", re.IGNORECASE)
"""Names of counters of tries."""

WORK, SKIP, SLOW = "work", "skip", "slow"

Sends = Mapping[int, Sequence[tuple[Request, Send]]]
"""The requests that each site sends."""


class Turns:
    """Answers about loops, each time for a site inside the loop."""

    def __init__(self, graph: Graph, layers: Layers, throttles: Throttles, sends: Sends) -> None:
        self.graph = graph
        self.program = graph.program
        self.layers = layers
        self.throttles = throttles
        self.fans = knowledge.fans()
        self._sends = sends
        self._roles: dict[tuple[int, int, int], str] = {}

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
            if self._named_as_tries(one):
                return SKIP
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

    def _named_as_tries(self, one: facts.Region) -> bool:
        """Whether a counter says by its name that the turns are tries: ``for attempt in range(n)``,
        ``while retries < limit``."""
        if isinstance(one, facts.For):
            return isinstance(one.target, facts.Name) and TRIES.search(one.target.id) is not None
        if not isinstance(one, facts.While) or not isinstance(one.test, facts.Comparison):
            return False
        return any(TRIES.search(name) for name in mentioned(one.test))

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
        return (
            self._asks_again(flow, region, number)
            or self._until_answered(flow, region, number)
            or self._alternatives(flow, region, number)
        )

    def _alternatives(self, flow: Flow, region: int, number: int) -> bool:
        """Whether the loop goes over ways to do one thing (stages, handlers, fallbacks): each turn calls the item
        itself, or a method of it, and hands the result on to the next turn or leaves by what it is."""
        one = flow.regions[region]
        if not isinstance(one, facts.For):
            return False
        call = self.program.sites[number].call
        items = mentioned(one.target)
        for statement in flow.statements(region):
            if isinstance(statement, facts.Assign) and statement.value is not None:
                if root_name(statement.value) in items and not isinstance(statement.value, facts.Call):
                    items |= set().union(*(mentioned(target) for target in statement.targets))
        if root_name(call.func) not in items:
            return False
        results = self.layers.result_names(flow, call)
        if results & set().union(*(mentioned(argument.value) for argument in call.arguments)):
            return True
        return self._leaves_by_answer(flow, region, number)

    def _until_answered(self, flow: Flow, region: int, number: int) -> bool:
        """``while answer is None: answer = ask()``: the same question until there is an answer."""
        one = flow.regions[region]
        if not isinstance(one, facts.While):
            return False
        test = one.test
        if isinstance(test, facts.Comparison) and test.operators[0] in ("not in", "!="):
            if self._asks_one_question(flow, region, number):
                return bool(mentioned(test) & self.layers.result_names(flow, self.program.sites[number].call))
            return False
        if isinstance(test, facts.Comparison):
            missing = test.operators[0] in ("is", "==") and isinstance(test.operands[-1], (facts.Constant, facts.Text))
            tested = mentioned(test.operands[0]) if missing else set()
        elif isinstance(test, facts.Operation) and test.operator == "not":
            tested = mentioned(test)
        else:
            return False
        return bool(tested & self.layers.result_names(flow, self.program.sites[number].call))

    def _asks_again(self, flow: Flow, region: int, number: int) -> bool:
        """A loop that asks the same thing again on a failure to use the answer, and ends on success."""
        if not self.layers.attempts(flow, region) or self._varies(flow, region, number):
            return False
        if isinstance(flow.regions[region], facts.While) and self._asks_one_question(flow, region, number):
            if self._leaves_by_answer(flow, region, number):
                return True
        for place in flow.inside(region):
            if isinstance(flow.regions[place], facts.Try) and next(iter(flow.loops_around(place)), -1) == region:
                rounds = any(flow.goes_round(handler, region) for handler in flow.handlers(place))
                if rounds and (flow.leaves_loop(place, region) or flow.after_leaves_loop(place, region)):
                    return True
        return False

    def _asks_one_question(self, flow: Flow, region: int, number: int) -> bool:
        """Whether each turn sends the same: the request itself, or a plain function that sends it, is given nothing
        that the loop changes. (What an object is asked for may depend on what it remembers.)"""
        site = self.program.sites[number]
        if number not in self._sends and not isinstance(site.call.func, facts.Name):
            return False
        given = set().union(*(mentioned(argument.value) for argument in site.call.arguments))
        return bool(given) and not given & flow.names_set(region)

    def _leaves_by_answer(self, flow: Flow, region: int, number: int) -> bool:
        """Whether the loop ends when what the call returned is good."""
        results = self.layers.result_names(flow, self.program.sites[number].call)
        for place in flow.inside(region):
            branch = flow.regions[place]
            if (
                isinstance(branch, facts.Branch)
                and mentioned(branch.test) & results
                and flow.leaves_loop(place, region)
            ):
                return True
        return False

    def _varies(self, flow: Flow, region: int, number: int) -> bool:
        """Whether what a turn sends depends on the turns before it."""
        given = self.program.sites[number].call.arguments
        return bool(set().union(*(mentioned(argument.value) for argument in given)) & self._kept(flow, region))

    def _kept(self, flow: Flow, region: int) -> set[str]:
        """The names that a turn changes on the ground of what they were: ``messages.append(x)``, ``text = text + x``,
        ``text = next(text)``."""
        kept: set[str] = set()
        for statement in flow.statements(region):
            if isinstance(statement, facts.Assign) and statement.value is not None:
                names = set().union(*(mentioned(target) for target in statement.targets))
                kept |= names if statement.operator else names & mentioned(statement.value)
            elif isinstance(statement, facts.Evaluate):
                for node, _ in walk(statement.value):
                    if isinstance(node, facts.Call) and isinstance(node.func, facts.Attribute):
                        if node.func.name in ("append", "extend", "insert", "add", "update", "pop", "popleft"):
                            kept |= mentioned(node.func.value)
        return kept

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
                if isinstance(last, facts.Call) and last.func == facts.Name("len") and len(last.arguments) == 1:
                    return self._few_items(flow, last.arguments[0].value, one.parent)
                if isinstance(last, facts.Call) and last.func == facts.Name("min"):
                    return any(small(argument.value) for argument in last.arguments)
                bounds = linker.evaluate(last, flow.scope, one.parent)
                numbers = [value.value for value in bounds if isinstance(value, Plain) and value.kind in NUMBERS]
                return bool(numbers) and len(numbers) == len(bounds) and all((n or 0) < FEWEST_TURNS for n in numbers)
        if isinstance(iterable, facts.Sequence) and len(iterable.items) < FEWEST_TURNS:
            return not any(isinstance(item, facts.Starred) for item in iterable.items)
        if isinstance(iterable, facts.Subscript) and isinstance(iterable.index, facts.Slice):
            if iterable.index.upper is not None and small(iterable.index.upper):
                return True
        if isinstance(iterable, facts.Call) and isinstance(iterable.func, facts.Attribute) and not iterable.arguments:
            if iterable.func.name in ("items", "values", "keys"):
                return self._few_items(flow, iterable.func.value, one.parent)
        if self._few_items(flow, iterable, one.parent):
            return True
        values = linker.evaluate(iterable, flow.scope, one.parent)
        items = [value for value in values if isinstance(value, Items)]
        if items and len(items) == len(values):
            contents = frozenset().union(*(linker.state.contents(value) for value in items))
            return bool(contents) and all(isinstance(value, Function) for value in contents)
        return False

    def _few_items(self, flow: Flow, node: facts.Expr, region: int) -> bool:
        """Whether an expression is one of some short displays that nothing is added to. A parameter's default does
        not tell what it will be, nor do the calls of a method that others may call as well."""
        linker = self.graph.linker
        if isinstance(node, facts.Name):
            home = linker.expressions.home(flow.scope, node.id)
            parameters = self.program.scopes[home].facts.parameters if home >= 0 else ()
            given = next((one for one in parameters if one.name == node.id), None)
            in_class = home >= 0 and self.program.scopes[self.program.scopes[home].parent].facts.kind == "class"
            if given is not None and (given.default is not None or in_class):
                return False
        values = linker.evaluate(node, flow.scope, region)
        lengths = [linker.state.length(value) for value in values if isinstance(value, Items)]
        if not lengths or len(lengths) < len(values):
            return False
        return all(length is not None and 0 < length < FEWEST_TURNS for length in lengths)


def small(node: facts.Expr) -> bool:
    """Whether an expression is a number of a few turns."""
    return isinstance(node, facts.Number) and 0 < node.value < FEWEST_TURNS
