"""Which overrides a call on ``self`` can reach, given what the receiver of the method is on the way that led there."""

from __future__ import annotations

from oailint import facts
from oailint.project.graph import Graph
from oailint.project.state import Edge
from oailint.project.values import Class, Instance

Classes = frozenset[int] | None
"""Classes of the project by the numbers of their scopes; None where they are not known."""


class Receivers:
    """Follows the receiver along a chain of calls."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.program = graph.program
        self.classes = graph.linker.classes

    def fits(self, edge: Edge, receivers: Classes) -> bool:
        """Whether a call in a method whose receiver is one of ``receivers`` can reach the edge's callee."""
        if receivers is None or not self._on_self(edge):
            return True
        owner = self.program.scopes[edge.callee].parent
        if owner < 0 or self.program.scopes[owner].facts.kind != "class":
            return True
        name = self.program.scopes[edge.callee].facts.name
        return any(owner in self._definers(one, name) for one in receivers)

    def of(self, edge: Edge, receivers: Classes) -> Classes:
        """The classes of the receiver inside the callee."""
        owner = self.program.scopes[edge.callee].parent
        if owner < 0 or self.program.scopes[owner].facts.kind != "class":
            return None
        func = self.program.sites[edge.site].call.func
        if self._on_self(edge) or _is_super(func):
            return receivers
        if not isinstance(func, facts.Attribute):
            return None
        site = self.program.sites[edge.site]
        values = self.graph.linker.evaluate(func.value, site.scope, site.region)
        found = frozenset(value.scope for value in values if isinstance(value, (Instance, Class)))
        return found if found and len(found) == len(values) else None

    def _on_self(self, edge: Edge) -> bool:
        """Whether a call is ``self.method(...)`` and reaches a method of that name, not a callable kept under it."""
        site = self.program.sites[edge.site]
        func = site.call.func
        if not isinstance(func, facts.Attribute) or not isinstance(func.value, facts.Name):
            return False
        if self.program.scopes[edge.callee].facts.name != func.name:
            return False
        info = self.program.scopes[site.scope]
        parameters = info.facts.parameters
        in_class = info.parent >= 0 and self.program.scopes[info.parent].facts.kind == "class"
        return in_class and bool(parameters) and parameters[0].name == func.value.id

    def _definers(self, scope: int, name: str) -> set[int]:
        """The classes whose definition of a method an instance of a class (or of a subclass) runs."""
        nearest = next((one for one in self.classes.lineage(scope) if name in self.program.scopes[one].names), None)
        found = {one for one in self.classes.descendants(scope) if name in self.program.scopes[one].names}
        return found | ({nearest} if nearest is not None else set())


def _is_super(func: facts.Expr) -> bool:
    return (
        isinstance(func, facts.Attribute)
        and isinstance(func.value, facts.Call)
        and func.value.func == facts.Name("super")
    )
