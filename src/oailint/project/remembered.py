"""Requests whose answer is kept: sent on the first turn of a loop only, however many turns there are."""

from __future__ import annotations

from collections.abc import Iterator

from oailint import facts
from oailint.facts import Expr
from oailint.project import strings
from oailint.project.flow import RETURN, Flow, mentioned, root_name
from oailint.project.graph import Graph
from oailint.project.values import External

CACHES = frozenset(("functools.cache", "functools.lru_cache", "async_lru.alru_cache", "cachetools.cached"))


class Remembered:
    """Answers about call sites below a loop."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.program = graph.program
        self._known: dict[tuple[int, int, int, int], bool] = {}

    def keeps(self, number: int, first: int, flow: Flow, region: int) -> bool:
        """Whether what a call returns is kept for the next turns of the loop ``region`` of ``flow``.

        ``first`` is the call in the loop that leads to it (itself, if it stands there). A key that may differ from
        turn to turn keeps nothing.
        """
        key = (number, first, flow.scope, region)
        if key not in self._known:
            self._known[key] = self._keeps(number, first, flow, region)
        return self._known[key]

    def _keeps(self, number: int, first: int, flow: Flow, region: int) -> bool:
        turning = self._turning(flow, region)
        site = self.program.sites[number]
        given = self.program.sites[first].call.arguments
        receiver = root_name(self.program.sites[first].call.func) in turning
        varies = any(mentioned(argument.value) & turning for argument in given)
        if number != first and varies and self._cached(site.scope):
            return False
        for kept, key in self._kept(number):
            if not self._outlives(kept, site.scope, flow, region):
                continue
            if receiver and isinstance(kept, facts.Attribute):
                continue  # each turn asks another object
            names = mentioned(key) if key is not None else set()
            if site.scope == flow.scope:
                if not names & turning:
                    return True
            elif not names & self._parameters(site.scope) or not varies:
                return True
        return number != first and self._cached(site.scope)

    def _turning(self, flow: Flow, region: int) -> set[str]:
        if region < 0:
            return set()
        one = flow.regions[region]
        targets = mentioned(one.target) if isinstance(one, facts.For) else set()
        return targets | flow.names_set(region)

    def _parameters(self, scope: int) -> set[str]:
        return {one.name for one in self.program.scopes[scope].facts.parameters} - {"self", "cls"}

    def _cached(self, scope: int) -> bool:
        """Whether a decorator keeps the results of a function."""
        info = self.program.scopes[scope]
        for decorator in info.facts.decorators:
            node = decorator.func if isinstance(decorator, facts.Call) else decorator
            values = self.graph.linker.evaluate(node, info.parent, info.facts.parent_region)
            if any(isinstance(value, External) and value.name in CACHES for value in values):
                return True
        return False

    def _outlives(self, kept: Expr, scope: int, flow: Flow, region: int) -> bool:
        """Whether a variable is still what it was at the next turn."""
        name = kept.id if isinstance(kept, facts.Name) else ""
        if not name:
            return True
        if scope == flow.scope:
            filled = [
                one for one in flow.statements(max(region, 0))
                if isinstance(one, facts.Assign) and facts.Name(name) in one.targets
            ]  # fmt: skip
            return region < 0 or len(filled) <= 1  # one fills it; another would empty it again
        home = self.graph.linker.expressions.home(scope, name)
        return home != scope or name in self._parameters(scope)

    def _kept(self, number: int) -> Iterator[tuple[Expr, Expr | None]]:
        """The variables in which what a call returns is kept, each with its key: None if it holds but one answer."""
        site = self.program.sites[number]
        flow = self.graph.flow(site.scope)
        around = {place for place, _ in self.program.chain(flow.scope, site.region)}
        for place, region in enumerate(flow.regions):
            if not isinstance(region, facts.Branch):
                continue
            missing = missing_test(region.test) if region.positive else present_test(region.test)
            present = present_test(region.test) if region.positive else None
            if place in around and missing is not None and self._fills(flow, missing, place):
                yield missing
            elif present is not None and place not in around and self._leaves_before(flow, place, site.span):
                if self._fills(flow, present, 0):
                    yield present

    def _leaves_before(self, flow: Flow, place: int, span: facts.Span) -> bool:
        return flow.ends(place) == frozenset([RETURN]) and flow.regions[place].span < span

    def _fills(self, flow: Flow, kept: tuple[Expr, Expr | None], region: int) -> bool:
        """Whether something is put into the place that a test has found empty."""
        wanted = strings.source(kept[0])
        for statement in flow.statements(region):
            if isinstance(statement, facts.Assign):
                for target in statement.targets:
                    place = target.value if isinstance(target, facts.Subscript) and kept[1] is not None else target
                    if strings.source(place) == wanted:
                        return True
        return False


def missing_test(test: Expr) -> tuple[Expr, Expr | None] | None:
    """``key not in kept``, ``kept is None``, ``not kept``: what is kept, and by which key."""
    if isinstance(test, facts.Operation) and test.operator == "not":
        operand = test.operands[0]
        return present_test(operand) if isinstance(operand, facts.Comparison) else _place(operand)
    if isinstance(test, facts.Comparison) and len(test.operators) == 1:
        left, right = test.operands
        if test.operators[0] == "not in":
            return right, left
        if test.operators[0] in ("is", "==") and right == facts.Constant("None"):
            return _place(left)
    return None


def present_test(test: Expr) -> tuple[Expr, Expr | None] | None:
    """``key in kept``, ``kept is not None``, ``kept``."""
    if isinstance(test, facts.Comparison) and len(test.operators) == 1:
        left, right = test.operands
        if test.operators[0] == "in":
            return right, left
        if test.operators[0] in ("is not", "!=") and right == facts.Constant("None"):
            return _place(left)
        return None
    return _place(test)


def _place(node: Expr) -> tuple[Expr, Expr | None] | None:
    """A variable that outlives the call: an attribute, or a name (a global one; of a local one nothing is kept)."""
    return (node, None) if isinstance(node, (facts.Attribute, facts.Name)) else None
