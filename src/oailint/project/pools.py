"""The pool that a fan-out gives its work to, where a size of the pool would bound it."""

from __future__ import annotations

from collections.abc import Iterable

from oailint import facts, knowledge
from oailint.findings import Location
from oailint.project.graph import Graph
from oailint.project.model import Pool
from oailint.project.values import External, Made


class Pools:
    """Answers for chains of calls of a linked program."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.program = graph.program
        self.pools = knowledge.fans().pools

    def of(self, chains: Iterable[tuple[int, ...]]) -> Pool | None:
        """The one pool that all ``chains`` of calls pass through, if it can be given a size by keyword."""
        found: set[Pool | None] = set()
        for chain in chains:
            found.add(next((pool for pool in map(self._at, chain) if pool is not None), None))
        return found.pop() if len(found) == 1 else None

    def _at(self, number: int) -> Pool | None:
        site = self.program.sites[number]
        if not isinstance(site.call.func, facts.Attribute):
            return None
        values = self.graph.linker.evaluate(site.call.func.value, site.scope, site.region)
        pools = {value for value in values if isinstance(value, Made) and value.name in self.pools}
        if len(pools) != 1:
            return None
        made = pools.pop()
        keyword = next((place for place in self.pools[made.name] if not place.isdigit()), "")
        if made.site < 0 or not keyword:
            return None
        constructor = self.program.sites[made.site]
        names = {value.name for value in self.graph.callees(made.site) if isinstance(value, External)}
        by_position = any(not one.keyword for one in constructor.call.arguments)
        if names != {made.name} or by_position or any(one.star for one in constructor.call.arguments):
            return None
        return Pool(Location(self.program.path_of(constructor.scope), constructor.span), keyword)
