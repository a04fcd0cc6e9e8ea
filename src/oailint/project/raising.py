"""Whether all that can raise in a ``try`` is OpenAI's, so that the text of what is caught can only be that of its
errors."""

from __future__ import annotations

from oailint import facts, knowledge
from oailint.project.errors import Errors
from oailint.project.graph import Graph
from oailint.project.values import Class, Client, External, Made, Member, Value

QUIET = frozenset(
    f"builtins.{name}"
    for name in (
        "bool", "callable", "dict", "enumerate", "format", "getattr", "hasattr", "id", "isinstance", "issubclass",
        "len", "list", "max", "min", "print", "range", "repr", "reversed", "round", "set", "sorted", "str", "sum",
        "super", "tuple", "type", "zip",
    )
)  # fmt: skip
"""Functions that do not raise on what a program gives them in earnest."""
QUIET_MODULES = ("logging.", "time.", "random.", "datetime.", "warnings.", "asyncio.sleep", "collections.")
QUIET_METHODS = frozenset(
    (
        *(name for kind in (str, list, dict, set) for name in dir(kind) if not name.startswith("_")),
        "model_dump", "model_dump_json", "to_dict", "to_json", "debug", "info", "warning", "error", "exception",
    )
)  # fmt: skip
"""Methods of texts, containers, answers and loggers, on a receiver that is not known."""


class Raising:
    """Answers for handlers of a linked program.

    ``sending`` are the sites that send requests of the SDK; those in ``codeless`` go to an endpoint that gives some
    errors no code, so that a test on it is not sure to hold.
    """

    def __init__(self, graph: Graph, errors: Errors, sending: frozenset[int], codeless: frozenset[int]) -> None:
        self.graph = graph
        self.program = graph.program
        self.errors = errors
        self.sending = sending
        self.codeless = codeless
        self.clients = {*knowledge.sdk().clients, *graph.state.config.clients}
        self._scopes: dict[int, bool] = {}
        self._reaching: set[int] | None = None

    def only_openai(self, scope: int, region: int) -> bool:
        """Whether what a handler catches can only be an error of OpenAI's."""
        if scope < 0 or region < 0:
            return False
        handler = self.program.region(scope, region)
        if not isinstance(handler, facts.Handler):
            return False
        flow = self.graph.flow(scope)
        if any(self._may_lack_code(number) for number in self.graph.sites_in(flow, handler.attempt)):
            return False
        if self.classes(scope, region):
            return True
        statements = flow.statements(handler.attempt)
        return all(map(self._harmless, statements)) and all(
            self._call(number) for number in self.graph.sites_in(flow, handler.attempt)
        )

    def _may_lack_code(self, number: int) -> bool:
        """Whether a call sends, or reaches, a request to an endpoint that gives some errors no code."""
        if self._reaching is None:
            self._reaching = {self.program.sites[one].scope for one in self.codeless}
            pending = sorted(self._reaching)
            for scope in pending:
                callers = {self.program.sites[edge.site].scope for edge in self.graph.edges_into(scope)}
                pending += sorted(callers - self._reaching)
                self._reaching |= callers
        return number in self.codeless or any(edge.callee in self._reaching for edge in self.graph.edges_from(number))

    def classes(self, scope: int, region: int) -> tuple[str, ...]:
        """The SDK's classes that a handler catches; empty if it catches others too."""
        handler = self.program.region(scope, region) if scope >= 0 and region >= 0 else None
        types = self.errors.types_of(scope, region, handler) if isinstance(handler, facts.Handler) else None
        caught = list(self.errors.flat(types)) if types is not None else []
        names = sorted(one.name for one in caught if isinstance(one, External) and one.name.startswith("openai."))
        return tuple(names) if len(names) == len(caught) else ()

    def taken(self, scope: int, region: int) -> frozenset[str]:
        """The SDK's classes that the handlers before one of the same ``try`` take from it."""
        handler = self.program.region(scope, region) if scope >= 0 and region >= 0 else None
        if not isinstance(handler, facts.Handler):
            return frozenset()
        found: set[str] = set()
        for other in self.graph.flow(scope).handlers(handler.attempt):
            before = self.program.region(scope, other)
            if other < region and isinstance(before, facts.Handler):
                types = self.errors.types_of(scope, other, before)
                if types is not None and len(types) == 1:
                    found |= {one.name for one in types if isinstance(one, External)}
                if isinstance(before.types, facts.Sequence):
                    found |= self._all_of(before.types, scope, before.parent)
        return frozenset(name for name in found if name.startswith("openai."))

    def _all_of(self, types: facts.Sequence, scope: int, region: int) -> set[str]:
        """The classes that a tuple of them surely holds."""
        each = [self.graph.linker.evaluate(one, scope, region) for one in types.items]
        return {one.name for values in each if len(values) == 1 for one in values if isinstance(one, External)}

    def _harmless(self, statement: facts.Statement) -> bool:
        if isinstance(statement, facts.Evaluate):  # `assert` and `del` are `Other`
            return not isinstance(statement.value, facts.Other)
        return not isinstance(statement, (facts.Raise, facts.Import))

    def _function(self, scope: int) -> bool:
        """Whether a function of the project raises nothing but errors of OpenAI's."""
        if scope not in self._scopes:
            self._scopes[scope] = True  # a call of itself adds nothing
            info = self.program.scopes[scope]
            self._scopes[scope] = all(map(self._harmless, info.facts.statements)) and all(map(self._call, info.sites))
        return self._scopes[scope]

    def _call(self, number: int) -> bool:
        if number in self.sending:
            return number not in self.codeless
        edges = self.graph.edges_from(number)
        if edges:
            return number not in self.graph.guessed and all(
                not edge.layers and self._function(edge.callee) for edge in edges
            )
        callees = self.graph.callees(number)
        return bool(callees) and all(self._quiet(value, number) for value in callees)

    def _quiet(self, value: Value, number: int) -> bool:
        if isinstance(value, External):
            return value.name in QUIET or value.name.startswith(QUIET_MODULES) or value.name in self.clients
        if isinstance(value, Member):
            return self._quiet(value.owner, number)
        if isinstance(value, Made):
            return value.name.startswith((*QUIET_MODULES, "openai."))
        if isinstance(value, (Client, Class)):
            return True  # a class with an `__init__` has an edge
        func = self.program.sites[number].call.func
        return isinstance(func, facts.Attribute) and func.name in QUIET_METHODS
