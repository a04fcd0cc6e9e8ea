"""HTTP transports that send again by themselves: adapters, sessions and clients that are set up to retry."""

from __future__ import annotations

from collections.abc import Iterator

from oailint import facts, knowledge
from oailint.project.graph import Graph
from oailint.project.values import Made, Value

ADAPTER = "requests.adapters.HTTPAdapter"


class Transports:
    """Answers about raw HTTP requests."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.program = graph.program
        self.linker = graph.linker
        self.retrying = set(knowledge.http().retrying)
        self._mounted: set[Made] | None = None

    def retries(self, number: int) -> bool:
        """Whether the session or client that a request is sent through repeats it on a 429."""
        site = self.program.sites[number]
        if not isinstance(site.call.func, facts.Attribute):
            return False
        for owner in self.linker.evaluate(site.call.func.value, site.scope, site.region):
            if isinstance(owner, Made):
                if owner.name in self.retrying or owner in self._mounts():
                    return True
                if owner.site >= 0 and any(self._repeats(value) for value in self._given(owner.site)):
                    return True
        return False

    def _mounts(self) -> set[Made]:
        """The sessions on which ``mount`` puts an adapter that retries."""
        if self._mounted is None:
            self._mounted = set()
            for site in self.program.sites:
                func = site.call.func
                if isinstance(func, facts.Attribute) and func.name == "mount":
                    if any(self._repeats(value) for value in self._given(site.id)):
                        owners = self.linker.evaluate(func.value, site.scope, site.region)
                        self._mounted.update(owner for owner in owners if isinstance(owner, Made))
        return self._mounted

    def _repeats(self, value: Value) -> bool:
        """Whether an object repeats requests that are answered with a status. An adapter that is given a mere number
        repeats connecting only, and so does ``urllib3``'s ``Retry`` without a list of statuses."""
        if not isinstance(value, Made) or value.name not in self.retrying or value.site < 0:
            return False
        if value.name == ADAPTER:
            return any(self._repeats(inner) for inner in self._given(value.site))
        if value.name.endswith("Retry"):
            return any(one.keyword == "status_forcelist" for one in self.program.sites[value.site].call.arguments)
        return True

    def _given(self, number: int) -> Iterator[Value]:
        site = self.program.sites[number]
        for argument in site.call.arguments:
            yield from self.linker.evaluate(argument.value, site.scope, site.region)
