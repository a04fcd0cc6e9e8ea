"""Why a retry verdict is what it is: the layers met on each way to a request, and why each counts or does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from oailint.findings import Location
from oailint.project import strings
from oailint.project.clients import EXPLICIT, NONE, Clients
from oailint.project.errors import Tokens
from oailint.project.exposure import Above, Exposures
from oailint.project.layers import Layer
from oailint.project.model import Request
from oailint.project.requests import Sent
from oailint.project.state import Layers as ToolLayers
from oailint.project.state import Route
from oailint.project.values import Endpoint, Value

MOST_STEPS = 16
"""A request that is called from everywhere is explained by the nearest calls."""

Show = Callable[[str], str]
"""How a path of the project is shown to whoever reads."""
Start = Callable[[Sent, int], tuple[Tokens, ToolLayers]]


class Verdicts:
    """Explains verdicts, after they are reached."""

    def __init__(self, exposures: Exposures, clients: Clients, start: Start) -> None:
        self.exposures = exposures
        self.clients = clients
        self.start = start
        self.layers = exposures.layers
        self.program = exposures.program

    def lines(self, one: Sent, request: Request, show: Show) -> Iterator[str]:
        """The verdict on a request as a line, and a line for each step to it, indented."""
        what = f"`{request.written}` ({request.sdk}, {request.confidence} confidence)"
        yield f"{place(request.location, show)}: {what}: retry {request.retry}: {request.evidence}"
        seen: dict[str, None] = {}
        for number, send in enumerate(one.sends):
            if isinstance(send.target, Endpoint) and request.sdk == "v1":
                seen[self._client(send.target, show)] = None
            if request.retry == EXPLICIT:
                continue
            tokens, tools = self.start(one, number)
            seen.update(dict.fromkeys(self._steps(send.site, tokens, tools, send.route, send.target, show)))
        for line in list(seen)[:MOST_STEPS]:
            yield f"  {line}"
        if len(seen) > MOST_STEPS:
            yield f"  ... and {len(seen) - MOST_STEPS} steps more"

    def _client(self, target: Endpoint, show: Show) -> str:
        found = self.clients.retries(target.client)
        number = max(target.client.options, target.client.site)
        at = f" of {self._site(number, show)}" if number >= 0 else ""
        if found.verdict == EXPLICIT:
            return f"the client{at} is given `max_retries`: counts"
        if found.verdict == NONE:
            return f"the client{at} has `max_retries=0`: no retries of its own"
        return f"the client{at} has the SDK's default of 2 retries: does not count as backoff"

    def _steps(
        self, site: int, tokens: Tokens, tools: ToolLayers, route: Route, value: Value | None, show: Show
    ) -> Iterator[str]:
        """What stands around the site, then around the calls of its function, and so on up."""
        line, start = self._step(site, tokens, tools, route, value, False, show)
        yield line
        queue = [start] if start is not None else []
        for above in queue:
            if len(queue) > MOST_STEPS:
                return
            if self.exposures.is_entry(above):
                yield self._entry(above, show)
            lazy = self.exposures.is_lazy(above)
            for edge in self.exposures.ways_in(above):
                if edge.via != "bind":
                    found = self.exposures.step(above, edge)
                    line, upper = self._told(found, edge.site, above.tokens, edge.layers, lazy, show)
                    yield line
                    if upper is not None and upper not in queue:
                        queue.append(upper)

    def _step(
        self, site: int, tokens: Tokens, tools: ToolLayers, route: Route, value: Value | None, generator: bool,
        show: Show,
    ) -> tuple[str, Above | None]:  # fmt: skip
        found = self.exposures.up(site, tokens, tools, route, value, generator)
        return self._told(found, site, tokens, tools, generator, show)

    def _told(
        self, found: tuple[Layer | None, Above | None], site: int, tokens: Tokens, tools: ToolLayers, generator: bool,
        show: Show,
    ) -> tuple[str, Above | None]:  # fmt: skip
        layer, above = found
        func = strings.source(self.program.sites[site].call.func)
        head = f"{self._site(site, show)}: `{func}` in {self._scope(self.program.sites[site].scope)}"
        if layer is not None:
            at = f" ({place(layer.location, show)})" if layer.location.path else ""
            return f"{head}: retried by {layer.kind}{at}: counts", None
        reasons = self._refused(site, tokens, tools, generator, show)
        return f"{head}: {'; '.join(reasons) or 'nothing around it retries'}", above

    def _refused(self, site: int, tokens: Tokens, tools: ToolLayers, generator: bool, show: Show) -> list[str]:
        reasons = []
        for name, number in tools:
            at = f" ({self._site(number, show)})" if number >= 0 else ""
            reasons.append(f"{name}{at} does not count: {self.layers.why_not((name, number), tokens, generator)}")
        for line in self.layers.handlers_that_give_up(site, tokens):
            reasons.append(f"the handler at line {line} does not send it again")
        return reasons

    def _entry(self, above: Above, show: Show) -> str:
        layers = sorted(self.exposures.state.defined_layers.get(above.scope, ()))
        head = f"{self._scope(above.scope)} may be called from outside"
        generator = self.exposures.is_lazy(above)
        layer = self.layers.tool_layer(layers, above.tokens, generator)
        if layer is not None:
            return f"{head}: retried by its decorator {layer.kind}: counts"
        if layers:
            why = self.layers.why_not(layers[0], above.tokens, generator)
            return f"{head}: its decorator {layers[0][0]} does not count: {why}"
        return f"{head}: nothing retries there"

    def _scope(self, scope: int) -> str:
        name = self.program.qualified(scope)
        return f"`{name}`" if name != "<module>" else "the module"

    def _site(self, number: int, show: Show) -> str:
        site = self.program.sites[number]
        return place(Location(self.program.path_of(site.scope), site.span), show)


def place(location: Location, show: Show) -> str:
    return f"{show(location.path)}:{location.span.line}"
