"""Which calls can fail all the way up: retry as reachability over the call graph.

A state is a function together with the exceptions that leave it and, for a wrapper that was given the function as a
value,
the calls that gave it. A request is exposed if an entry point can be reached upwards without passing a layer that
fires.
States are visited once for all requests, so the cost is linear in the call graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from oailint import facts
from oailint.project.errors import Tokens
from oailint.project.graph import Graph
from oailint.project.layers import Layer, Layers
from oailint.project.state import Edge, Route, same_callable
from oailint.project.state import Layers as ToolLayers
from oailint.project.values import Function, Value

TEST_FILE = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.pyi?$")

Limit = tuple[str, frozenset[int]] | None
"""Which edges lead into a scope: only from these sites (``sites``), or only to closures of these contexts
(``contexts``)."""


class Above(NamedTuple):
    """A state: what leaves ``scope``, and how it can have been entered."""

    scope: int
    tokens: Tokens
    limit: Limit
    lazy: bool = False
    """The scope has only made a generator, or handed one on, and is done when the error comes."""


class Exposure(Struct, frozen=True):
    """The answer for one call: an unhandled path (sites, outermost first), or the layers that handle every path."""

    path: tuple[int, ...] | None
    layers: tuple[Layer, ...]
    notes: tuple[str, ...]

    @property
    def handled(self) -> bool:
        return self.path is None


class Exposures:
    """Answers which sends are exposed."""

    def __init__(self, graph: Graph, layers: Layers) -> None:
        self.graph = graph
        self.program = graph.program
        self.state = graph.state
        self.layers = layers
        self._exposed: dict[Above, tuple[Above, int] | None] = {}
        self._safe: dict[Above, tuple[Layer, ...]] = {}

    def of(self, site: int, tokens: Tokens, tools: ToolLayers, route: Route, value: Value | None) -> Exposure:
        """Whether what ``site`` raises can reach an entry point unhandled. ``tools`` are library layers around the
        callee."""
        notes: list[str] = []
        layer, above = self.up(site, tokens, tools, route, value, False, notes)
        if layer is not None:
            return Exposure(None, (layer,), tuple(notes))
        assert above is not None
        path, found = self._search(above)
        if path is None:
            return Exposure(None, found, tuple(notes))
        return Exposure((*path, site), found, tuple(notes))

    def up(
        self, site: int, tokens: Tokens, tools: ToolLayers, route: Route, value: Value | None, generator: bool,
        notes: list[str] | None = None,
    ) -> tuple[Layer | None, Above | None]:  # fmt: skip
        """From a call: the layer that handles it in its own scope, or the state above it."""
        layer = self.layers.tool_layer(tools, tokens, generator) or self.layers.around(site, tokens).layer
        if layer is None and route is not None and value is not None:
            layer = self.layers.beside(site, tokens, route, value)
        if layer is not None:
            return layer, None
        around = self.layers.around(site, tokens)
        if notes is not None and around.swallowed_at is not None:
            notes.append(f"the handler at line {around.swallowed_at.span.line} keeps the error from any retry outside")
        scope = self.program.sites[site].scope
        return None, Above(scope, around.escaping, self.limit(scope, route, value))

    def limit(self, scope: int, route: Route, value: Value | None) -> Limit:
        """Which ways into ``scope`` matter to a callee that came through a parameter."""
        if route is None or value is None:
            return None
        given = self.state.passed.get(route, {})
        sites: set[int] = set()
        for one, places in given.items():
            if same_callable(one, value):
                sites |= places
        if not sites:
            return None
        return ("sites" if route[0] == scope else "contexts", frozenset(sites))

    def ways_in(self, above: Above) -> list[Edge]:
        edges = self.graph.edges_into(above.scope)
        if above.limit is not None:
            kind, allowed = above.limit
            edges = [
                edge
                for edge in edges
                if (edge.site in allowed if kind == "sites" else edge.context in allowed or edge.context < 0)
            ]
        # What a test does with a function of the program says nothing of how the program calls it.
        program = [edge for edge in edges if not self._in_test(self.program.sites[edge.site].scope)]
        return program if program and not self._in_test(above.scope) else edges

    def _in_test(self, scope: int) -> bool:
        return TEST_FILE.search(self.program.path_of(scope)) is not None

    def is_entry(self, above: Above) -> bool:
        """Whether something that is not in the project may call the scope."""
        info = self.program.scopes[above.scope]
        if not info.is_function:
            return True
        return not any(self.program.sites[edge.site].scope != above.scope for edge in self.ways_in(above))

    def _decorated(self, above: Above) -> Layer | None:
        """The retry decorator that also whoever calls from outside goes through."""
        layers = sorted(self.state.defined_layers.get(above.scope, ()))
        return self.layers.tool_layer(layers, above.tokens, self.is_lazy(above))

    # --- the search ---------------------------------------------------------------------------

    def _search(self, start: Above) -> tuple[tuple[int, ...] | None, tuple[Layer, ...]]:
        if start in self._safe:
            return None, self._safe[start]
        came: dict[Above, tuple[Above, int] | None] = {start: None}
        queue = [start]
        met: dict[Layer, None] = {}
        for above in queue:
            if above in self._safe:
                met.update(dict.fromkeys(self._safe[above]))
                continue
            if above in self._exposed:
                self._remember(above, came)
                return self._path(start), tuple(met)
            if self.is_entry(above):
                layer = self._decorated(above)
                if layer is None:
                    self._remember(above, came)
                    return self._path(start), tuple(met)
                met[layer] = None
            for site, layer, upper in self._steps(above):
                if layer is not None:
                    met[layer] = None
                elif upper is not None and upper not in came:
                    came[upper] = (above, site)
                    queue.append(upper)
        layers = tuple(met)
        for above in queue:
            self._safe.setdefault(above, layers)
        return None, layers

    def _steps(self, above: Above) -> Iterator[tuple[int, Layer | None, Above | None]]:
        for edge in self.ways_in(above):
            if edge.via != "bind":
                layer, upper = self.step(above, edge)
                yield edge.site, layer, upper

    def step(self, above: Above, edge: Edge) -> tuple[Layer | None, Above | None]:
        """From a state through one call of its scope: the layer there that handles it, or the state above."""
        generator = self.is_lazy(above)
        value = Function(above.scope)
        if generator and self._hands_on(edge.site):
            layer = self.layers.tool_layer(edge.layers, above.tokens, True)
            scope = self.program.sites[edge.site].scope
            return layer, Above(scope, above.tokens, self.limit(scope, edge.route, value), True)
        return self.up(edge.site, above.tokens, edge.layers, edge.route, value, generator)

    def is_lazy(self, above: Above) -> bool:
        return above.lazy or self.program.scopes[above.scope].facts.is_generator

    def _hands_on(self, number: int) -> bool:
        """Whether a call's result is returned as it is."""
        site = self.program.sites[number]
        return any(
            isinstance(statement, facts.Return) and statement.value is site.call
            for statement in self.program.scopes[site.scope].facts.statements
        )

    def _remember(self, reached: Above, came: dict[Above, tuple[Above, int] | None]) -> None:
        self._exposed.setdefault(reached, None)
        one = reached
        while True:
            step = came[one]
            if step is None:
                return
            below, site = step
            self._exposed.setdefault(below, (one, site))
            one = below

    def _path(self, start: Above) -> tuple[int, ...]:
        path: list[int] = []
        seen = {start}
        one: Above = start
        while True:
            step = self._exposed.get(one)
            if step is None or step[0] in seen:
                break
            one, site = step
            seen.add(one)
            path.append(site)
        return tuple(reversed(path))
