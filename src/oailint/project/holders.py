"""What holds a client or one of its methods: whether it stays in one file, and is used for requests only."""

from __future__ import annotations

from collections.abc import Iterator

from oailint import facts
from oailint.facts import Expr
from oailint.project.graph import Graph
from oailint.project.program import Site, children, comprehension_region, header_expressions, scope_expressions
from oailint.project.state import Key
from oailint.project.values import Client, Endpoint, External

PATCHES = ("patch", "setattr", "object", "delattr")
"""The last names of the functions by which tests replace something: ``mock.patch``, ``monkeypatch.setattr``,
``patch.object``."""

Placed = tuple[Expr, Expr | None, int, int, facts.Statement | None]
"""An expression, the one right around it, its scope and region, and the statement that it is the value of."""


class Holders:
    """Answers about the places where a client, or a method of one, is written."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.program = graph.program
        self._placed: dict[int, list[Placed]] = {}
        self._parents: dict[int, dict[int, Placed]] = {}
        self._replaced: set[str] | None = None
        self._keys: dict[int, list[Key]] | None = None

    # --- places -------------------------------------------------------------------------------

    def expressions(self, file: int) -> Iterator[tuple[Expr, int, int]]:
        """All expressions of a file, each with its scope and region."""
        for node, _, scope, region, _ in self._all(file):
            yield node, scope, region

    def in_place(self, file: int, node: Expr) -> bool:
        """Whether an expression is called, or handed to a call, where it is written."""
        return isinstance(self._around(file, node)[1], facts.Call)

    def kept(self, file: int, node: Expr) -> bool:
        """Whether an expression is what a variable is assigned."""
        statement = self._around(file, node)[4]
        return isinstance(statement, facts.Assign) and isinstance(statement.targets[0], facts.Name)

    def _around(self, file: int, node: Expr) -> Placed:
        if file not in self._parents:
            self._parents[file] = {id(one[0]): one for one in self._all(file)}
        return self._parents[file][id(node)]

    def _all(self, file: int) -> list[Placed]:
        if file not in self._placed:
            self._placed[file] = list(self._walk(file))
        return self._placed[file]

    def _walk(self, file: int) -> Iterator[Placed]:
        first = self.program.first_scope[file]
        for scope in range(first, first + len(self.program.files[file].scopes)):
            info = self.program.scopes[scope]
            values = {
                id(one.value): one for one in info.facts.statements if isinstance(one, (facts.Assign, facts.Return))
            }
            roots = [(root, scope, region) for region, root in scope_expressions(info.facts)]
            if info.parent >= 0:
                roots += [(root, info.parent, info.facts.parent_region) for root in header_expressions(info.facts)]
            for root, home, region in roots:
                yield from self._inside(root, home, region, values.get(id(root)))

    def _inside(self, root: Expr, scope: int, region: int, statement: facts.Statement | None) -> Iterator[Placed]:
        stack: list[tuple[Expr, Expr | None, int]] = [(root, None, region)]
        while stack:
            node, around, place = stack.pop()
            yield node, around, scope, place, statement if around is None else None
            inner = comprehension_region(node, place)
            stack.extend((child, node, inner) for child in children(node))

    # --- clients ------------------------------------------------------------------------------

    def stays(self, client: Client, site: Site) -> bool:
        """Whether a client reaches nothing beyond its file, and in it nothing but requests: it is not passed on,
        returned, put into a container or a public attribute, nor a name that other files import."""
        file = self.program.scopes[site.scope].file
        for key in self._variables().get(client.site, ()):
            if key[0] != "name" and not (key[0] in ("attr", "member") and str(key[2]).startswith("_")):
                return False
            if self.program.scopes[int(key[1])].file != file or (key[0] == "name" and self._is_parameter(key)):
                return False
        return all(self._harmless(one, client) for one in self._all(file))

    def _variables(self) -> dict[int, list[Key]]:
        """The variables that hold clients, by the call that makes the client."""
        if self._keys is None:
            self._keys = {}
            for key, variable in self.graph.state.variables.items():
                for site in {one.site for one in variable.values if isinstance(one, Client)}:
                    self._keys.setdefault(site, []).append(key)
        return self._keys

    def _is_parameter(self, key: Key) -> bool:
        return any(one.name == key[2] for one in self.program.scopes[int(key[1])].facts.parameters)

    def _harmless(self, placed: Placed, client: Client) -> bool:
        node, around, scope, region, statement = placed
        if not isinstance(node, (facts.Name, facts.Attribute, facts.Call)):
            return True
        if isinstance(around, facts.Attribute) or (isinstance(around, facts.Call) and around.func is node):
            return True
        if around is None and isinstance(statement, facts.Assign):
            return all(isinstance(target, (facts.Name, facts.Attribute)) for target in statement.targets)
        if around is None and (statement is None or isinstance(statement, facts.Evaluate)):
            return True  # a target, the manager of a `with`, a statement of its own
        values = self.graph.linker.evaluate(node, scope, region)
        if isinstance(around, facts.Call):  # a method may be handed on: it is a request, and is wrapped or not as such
            return not any(isinstance(one, Client) and one.site == client.site for one in values)
        return not any(
            (isinstance(one, Client) and one.site == client.site)
            or (isinstance(one, Endpoint) and one.client.site == client.site)
            for one in values
        )

    # --- tests --------------------------------------------------------------------------------

    def replaced_in_tests(self, node: Expr) -> bool:
        """Whether something in the project puts another object in the place of what is named like this expression."""
        if self._replaced is None:
            self._replaced = set(self._find_replaced())
        name = node.name if isinstance(node, facts.Attribute) else node.id if isinstance(node, facts.Name) else ""
        return name in self._replaced

    def _find_replaced(self) -> Iterator[str]:
        for site in self.program.sites:
            func = site.call.func
            name = func.name if isinstance(func, facts.Attribute) else func.id if isinstance(func, facts.Name) else ""
            if name not in PATCHES or not self._is_patch(site):
                continue
            for argument in site.call.arguments[:2]:
                if isinstance(argument.value, facts.Text):
                    yield argument.value.value.rpartition(".")[2]

    def _is_patch(self, site: Site) -> bool:
        """Whether a call may be one of a test's; ``setattr`` is also a plain function."""
        known = [one for one in self.graph.callees(site.id) if isinstance(one, External)]
        return not any(one.name.startswith("builtins.") for one in known)
