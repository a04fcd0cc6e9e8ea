"""What a call does: who runs, with which arguments, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from oailint import facts, knowledge
from oailint.project import outside, strings
from oailint.project.expressions import Expressions
from oailint.project.externals import Externals
from oailint.project.given import EMPTY, Arguments, Given
from oailint.project.memo import Memo
from oailint.project.program import Site
from oailint.project.state import Edge, Layers, Route, Send, State, callables, is_callable
from oailint.project.values import (
    FOREIGN,
    NOTHING,
    SOMETHING_UNKNOWN,
    UNKNOWN,
    Caught,
    CaughtText,
    CaughtType,
    Class,
    Client,
    Endpoint,
    External,
    Foreign,
    Function,
    Generator,
    Guess,
    Instance,
    Items,
    Layered,
    Made,
    Member,
    Plain,
    String,
    Super,
    Unknown,
    Value,
    Values,
)

MOST_CONTEXTS = 128
"""Closures of one function that are told apart; the others are taken together."""
NOT_CALLABLE = (Unknown, Foreign, Items, Plain, Client, Generator)
"""Values of which it is not known what calling them does."""
CALLABLE = (Layered, Function, Class, Instance, Super, Endpoint, Guess, External, Member, Made, String)
"""Values that ``_apply_one`` tells apart."""


class Signature(NamedTuple):
    """What a function takes: the names of its positional parameters, of all that can be named, and of ``*args``."""

    places: tuple[str, ...]
    names: frozenset[str]
    rest: str
    takes_keywords: bool

    @staticmethod
    def of(parameters: Sequence[facts.Parameter]) -> Signature:
        return Signature(
            tuple(one.name for one in parameters if one.kind == "positional"),
            frozenset(one.name for one in parameters if one.kind in ("positional", "keyword")),
            next((one.name for one in parameters if one.kind == "args"), ""),
            any(one.kind == "kwargs" for one in parameters),
        )


def unclear(callees: Values) -> tuple[list[Value], Values, bool]:
    """The values that calling does something known, what calling the others gives, and whether one says nothing."""
    clear: list[Value] = []
    others: set[Value] = set()
    nothing_known = False
    for callee in callees:
        if isinstance(callee, CALLABLE):
            clear.append(callee)
        elif isinstance(callee, CaughtText):
            others.add(callee)
        else:
            others.add(FOREIGN if isinstance(callee, Foreign) else UNKNOWN)
            nothing_known = nothing_known or isinstance(callee, NOT_CALLABLE)
    return clear, frozenset(others), nothing_known


class Calls:
    """Applies callees to arguments, over the state."""

    def __init__(self, state: State, expressions: Expressions) -> None:
        self.state = state
        self.program = state.program
        self.expressions = expressions
        self.classes = expressions.classes
        self.sdk = knowledge.sdk()
        self.tools = knowledge.retries().tools
        self.externals = Externals(state, self)
        self.callables = Memo(callables)
        self._plain_texts = Memo(self._find_plain_texts)
        self._unclear = Memo(unclear)
        self._signatures: dict[int, Signature] = {}
        self._closing = Memo(self._made_inside)
        self._given: dict[int, Arguments] = {}
        """What a call site last gave to a function; the key is made of both, as there are many."""
        expressions.give_calls(self)

    # --- the call expression ------------------------------------------------------------------

    def call(self, node: facts.Call, scope: int, region: int) -> Values:
        number = self.program.site_of.get(id(node))
        if number is None:
            return SOMETHING_UNKNOWN  # in a target or an annotation: nothing that is followed
        site = self.program.sites[number]
        evaluate = self.expressions.evaluate
        given = Given(
            [(evaluate(one.value, scope, region), one.keyword, one.star) for one in node.arguments]
            if node.arguments
            else ()
        )
        on_container = self._container_method(node, given, scope, region)
        if on_container is not None:
            return on_container
        callees = self.expressions.evaluate(node.func, scope, region)
        route = self._route(node.func, scope)
        return self.apply(callees, given, site, route=route)

    def _route(self, func: facts.Expr, scope: int) -> Route:
        if isinstance(func, facts.Name) and self.expressions.is_parameter(scope, func.id):
            return (self.expressions.home(scope, func.id), func.id)
        return None

    def _container_method(self, node: facts.Call, given: Given, scope: int, region: int) -> Values | None:
        """``append``, ``get``, ``values`` and their like on a list or dict of the project."""
        if not isinstance(node.func, facts.Attribute):
            return None
        name = node.func.name
        adds = outside.CONTAINER_ADDS.get(name)
        if adds is None and name not in outside.CONTAINER_READS:
            return None
        owners = self.expressions.evaluate(node.func.value, scope, region)
        items = [owner for owner in owners if isinstance(owner, Items)]
        if not items:
            return None
        if adds is not None:
            values = given.get(adds)
            if name in ("extend", "update"):
                values = self.expressions.elements(values)
            for owner in items:
                self.state.grown.add(owner.node)
                self.state.add(("items", owner.node), self.expressions.storable(values))
            return SOMETHING_UNKNOWN
        if name in ("values", "items", "copy"):
            return frozenset(items)
        return frozenset().union(*(self.state.contents(owner) for owner in items)) | given.get("1")

    # --- applying -----------------------------------------------------------------------------

    def apply(
        self, callees: Iterable[Value], given: Given, site: Site, *, via: str = "call", route: Route = None,
        layers: Layers = (),
    ) -> Values:  # fmt: skip
        """Call each of ``callees``: record who runs where, bind parameters, and return what may come back."""
        clear, others, nothing_known = self._unclear(frozenset(callees))
        out: set[Value] = set(others)
        for callee in clear:
            out.update(self._apply_one(callee, given, site, via, route, layers))
        if nothing_known:
            out |= self.externals.unknown(given, site)
        return frozenset(out)

    def _apply_one(
        self, callee: Value, given: Given, site: Site, via: str, route: Route, layers: Layers
    ) -> Iterable[Value]:
        if isinstance(callee, Layered):
            if len(layers) >= 4:
                return SOMETHING_UNKNOWN
            return self._apply_one(callee.inner, given, site, via, route, (*layers, callee.layer))
        if isinstance(callee, Function):
            if callee.scope in self.state.retrying:
                self._retried(callee, given, site)
            return self._function(callee, given, site, via, route, layers)
        if isinstance(callee, Class):
            if callee.scope in self.state.client_classes:
                return (Client(self.program.qualified(callee.scope), site.id),)
            return self._construct(callee, given, site)
        if isinstance(callee, (Instance, Super)):
            methods = self.classes.member(callee, "__call__", lambda owner: NOTHING)
            plain = [one for one in methods if not isinstance(one, (Instance, Super))]  # `__call__` may be an instance
            return self.apply(plain, given, site, via=via, layers=layers)
        if isinstance(callee, (Endpoint, Guess)):
            return self._send(callee, given, site, via, route, layers)
        if isinstance(callee, External):
            return self.externals.call(callee, given, site)
        if isinstance(callee, (Member, Made)):
            return self.externals.method(callee, given, site)
        if isinstance(callee, String):
            return self._formatted(callee, given, site)
        return SOMETHING_UNKNOWN

    def _retried(self, callee: Function, given: Given, site: Site) -> None:
        """The `retries` setting names the callee: it runs the callables that it is given with retries."""
        layer = (self.program.qualified(callee.scope), -1)
        for values, _, _ in given.all:
            functions = self.callables(values)
            if functions:
                self.apply(functions, EMPTY, site, layers=(layer,))

    def _formatted(self, callee: String, given: Given, site: Site) -> Iterable[Value]:
        """A method of a string: ``format`` fills its holes, what the others change does not matter here."""
        func = site.call.func
        if isinstance(func, facts.Attribute) and func.name == "format" and given.positional:
            return strings.fill(callee.text, [values for values, _ in given.positional])
        return (callee,)

    def _function(
        self, callee: Function, given: Given, site: Site, via: str, route: Route, layers: Layers
    ) -> Iterable[Value]:
        if layers or via != "call" or not self._has_run(callee, given, site, route):
            if via != "bind":
                self.state.edges.setdefault(Edge(site.id, callee.scope, callee.context, via, layers, route))
            self.bind(callee, given, site)
            if callee.context >= 0:
                self._forward(callee, given, site)
        scope = self.program.scopes[callee.scope].facts
        if scope.is_generator:
            return (Generator(callee.scope),)
        returned = self._handed_back(callee, given) if self.program.handed_back(callee.scope) else NOTHING
        returned |= self.state.read(("return", callee.scope))
        inside = self._closing((returned, callee.scope))
        if not inside:
            return returned
        return returned.difference(inside).union([self._close(value, callee.scope, site) for value in inside])

    def _has_run(self, callee: Function, given: Given, site: Site, route: Route) -> bool:
        """Whether the site has called the function with the same arguments before, so that it learns nothing new.

        What is behind a star grows by itself, and so do the callables that are handed on from function to function:
        there it is never certain.
        """
        if given.stars or callee.context >= 0 or self._inside(callee.scope, site.scope):
            return False
        key = (site.id * len(self.program.scopes) + callee.scope) * 4 + callee.bound * 2 + (route is not None)
        if self._given.get(key) == given.all:
            return True
        self._given[key] = given.all
        return False

    def _handed_back(self, callee: Function, given: Given) -> Values:
        """What a call gave to those parameters that the function returns as they are; else what anybody gave."""
        out: set[Value] = set()
        places = [one for one in self.program.scopes[callee.scope].facts.parameters if one.kind == "positional"]
        names = [one.name for one in places[1 if callee.bound else 0 :]]
        plain = not given.spread and not any(star for _, star in given.positional)
        for name in self.program.handed_back(callee.scope):
            values = given.keywords.get(name, NOTHING)
            if not values and name in names and plain:
                values = given.get(str(names.index(name)))
            out |= values or self.state.read(("name", callee.scope, name))
        return frozenset(out)

    def _forward(self, callee: Function, given: Given, site: Site) -> None:
        """Bind the parameters of the function that a closure taking ``*args`` wraps directly, so that what one wrapped
        function is given does not reach the others."""
        info = self.program.scopes[callee.scope]
        if not any(one.kind == "args" for one in info.facts.parameters):
            return
        maker = info.parent
        for one in self.program.scopes[maker].facts.parameters if maker >= 0 else ():
            for value, sites in list(self.state.passed.get((maker, one.name), {}).items()):
                while isinstance(value, Layered):
                    value = value.inner
                if isinstance(value, Function) and callee.context in sites:
                    self.bind(value._replace(bound=callee.bound), given, site)

    def _hands_on(self, values: Values, site: Site) -> bool:
        """Whether values are the ``*args`` of the closure that the call stands in, which ``_forward`` takes care of."""
        scope = self.program.scopes[site.scope]
        return (
            values == frozenset([Items(outside.rest_items(site.scope))])
            and scope.parent >= 0
            and self.program.scopes[scope.parent].is_function
        )

    def _made_inside(self, asked: tuple[Values, int]) -> list[Value]:
        """The functions among values that are made inside a function, with whatever is around them."""
        values, maker = asked
        found: list[Value] = []
        for value in values:
            inner = value
            while isinstance(inner, Layered):
                inner = inner.inner
            if isinstance(inner, Function) and self._inside(inner.scope, maker):
                found.append(value)
        return found

    def _close(self, value: Value, maker: int, site: Site) -> Value:
        """A function made inside ``maker`` leaves it as a closure of this call."""
        if isinstance(value, Layered):
            inner = self._close(value.inner, maker, site)
            return value._replace(inner=inner) if isinstance(inner, (Function, Layered)) else value
        if isinstance(value, Function) and self._inside(value.scope, maker):
            known = self.state.contexts.setdefault(value.scope, set())
            if site.id in known or len(known) < MOST_CONTEXTS:
                known.add(site.id)
                return value._replace(context=site.id)
        return value

    def _inside(self, scope: int, ancestor: int) -> bool:
        while scope > ancestor:
            scope = self.program.scopes[scope].parent
            if scope == ancestor:
                return True
        return False

    def bind(self, callee: Function, given: Given, site: Site) -> None:
        """Give the arguments to the parameters of a function."""
        scope = callee.scope
        signature = self._signatures.get(scope)
        if signature is None:
            signature = self._signatures[scope] = Signature.of(self.program.scopes[scope].facts.parameters)
        places = signature.places[1:] if callee.bound else signature.places
        names, rest = signature.names, signature.rest
        filled: set[str] = set()
        index = 0
        for values, star in given.positional:
            if star:
                if not self._hands_on(values, site):
                    for one in places[index:]:
                        self._give(scope, one, self.expressions.elements(values), site)
                continue
            if index < len(places):
                self._give(scope, places[index], values, site)
                filled.add(places[index])
            elif rest:
                self.state.add(("items", outside.rest_items(scope)), self.expressions.storable(values))
                self._pass(scope, rest, values, site)
            index += 1
        for keyword, values in given.keywords.items():
            if keyword in names:
                self._give(scope, keyword, values, site)
                filled.add(keyword)
            elif signature.takes_keywords:
                self.state.add(("items", outside.keyword_items(scope)), self.expressions.storable(values))
                self.state.add(("item", outside.keyword_items(scope), keyword), self.expressions.storable(values))
        for values in given.spread:
            for name in sorted(names - filled):
                self._give(scope, name, self._spread(values, name), site)

    def _spread(self, mappings: Values, name: str) -> Values:
        """What ``**mapping`` gives to the parameter ``name``."""
        out: set[Value] = set()
        for value in mappings:
            if isinstance(value, Items):
                out.update(self.state.read(("item", value.node, name)))
        return frozenset(out)

    def _give(self, scope: int, name: str, values: Values, site: Site) -> None:
        plain = self._plain_texts(values)
        self.state.add(("name", scope, name), values.difference(plain) if plain else values)
        self._pass(scope, name, values, site)

    def _find_plain_texts(self, values: Values) -> list[Value]:
        """Those that are not followed from function to function."""
        names_module = self.externals.loaded.names_one
        return [v for v in values if isinstance(v, String) and "/" not in v.text and not names_module(v)]

    def injected(self, providers: Values, site: Site) -> Values:
        """What a framework gives to a parameter that asks for what ``providers`` return, or yield once."""
        given = self.apply(providers, EMPTY, site)
        return frozenset(value for value in given if not isinstance(value, Generator)) | self.expressions.elements(
            value for value in given if isinstance(value, Generator)
        )

    def _pass(self, scope: int, name: str, values: Values, site: Site) -> None:
        passed = self.callables(values)
        if not passed:
            return
        inner = self._inside(scope, site.scope)
        for value in passed:
            self.state.pass_callable((scope, name), value, site.id)
            for one in self.program.scopes[site.scope].facts.parameters if inner else ():
                # Handed on to a function of its own: whoever gave it to the caller gave it to the callee as well.
                for giver in tuple(self.state.passed.get((site.scope, one.name), {}).get(value, ())):
                    self.state.pass_callable((scope, name), value, giver)

    def _construct(self, callee: Class, given: Given, site: Site) -> Iterable[Value]:
        made = Instance(callee.scope)
        self.state.constructed.setdefault(callee.scope, set()).add(site.id)
        for value in self.classes.method(callee.scope, "__new__"):
            if isinstance(value, Function):
                self._apply_one(value._replace(bound=True), given, site, "call", None, ())
        if any(base in outside.THREADS for base in self.classes.external_bases(callee.scope)):
            for value in self.classes.method(callee.scope, "run"):
                for method in self.classes.bind(value, True):
                    self._apply_one(method, EMPTY, site, "start", None, ())
        found = False
        for value in self.classes.method(callee.scope, "__init__"):
            found = True
            for method in self.classes.bind(value, True):
                self._apply_one(method, given, site, "call", None, ())
        if not found:
            for field, (values, star) in zip(self.classes.fields(callee.scope), given.positional, strict=False):
                if not star:
                    self.state.add(("attr", callee.scope, field), self.expressions.storable(values))
            for keyword, values in given.keywords.items():
                self.state.add(("attr", callee.scope, keyword), self.expressions.storable(values))
        return (made,)

    def _send(
        self, callee: Endpoint | Guess, given: Given, site: Site, via: str, route: Route, layers: Layers
    ) -> Iterable[Value]:
        if isinstance(callee, Endpoint):
            last = callee.path.rpartition(".")[2]
            if last in ("with_options", "copy"):
                return (self.externals.library.with_options(callee, site),)
            if not self.externals.library.sends(callee):
                return SOMETHING_UNKNOWN
        elif callee.path not in self.sdk.distinctive:
            return SOMETHING_UNKNOWN
        if via != "bind":
            self.state.sends.setdefault(Send(site.id, callee, via, layers, route))
        return SOMETHING_UNKNOWN

    # --- decorators ---------------------------------------------------------------------------

    def decorate(self, decorator: Values, value: Value, site: Site) -> Values:
        """What a decorator makes of a function or class. An unknown decorator leaves it as it is."""
        out: set[Value] = set()
        for one in decorator:
            if isinstance(one, External) and isinstance(value, Function):
                self.externals.library.mark(one.name, value.scope)
            if isinstance(one, Function) and self._set_to_retry(one.scope):
                layer = (self.program.qualified(one.scope), -1)
                out.add(Layered(value, layer) if is_callable(value) else value)
                self.state.defined_layers.setdefault(site.decorates, set()).add(layer)
                continue
            if isinstance(one, (Function, Class, Instance)):
                result = self.apply([one], Given([(frozenset([value]), "", 0)]), site)
                known = {v for v in result if v is not UNKNOWN and not isinstance(v, (Caught, CaughtType, Super))}
                self._note_layers(known, value, site.decorates)
                if not known:
                    self.state.undecorated.add(self.state.current)
                out |= known or ({value} if self.state.giving_up else set())
            elif isinstance(one, (External, Made)) and self._retries(one):
                layer = (one.name, one.site if isinstance(one, Made) else -1)
                inner = value if isinstance(value, (Function, Layered)) else None
                out.add(Layered(inner, layer) if inner is not None else value)
                self.state.defined_layers.setdefault(site.decorates, set()).add(layer)
            else:
                out.add(value)
        return frozenset(out)

    def _note_layers(self, results: Iterable[Value], value: Value, scope: int) -> None:
        """Remember the library layers that a decorator of the project put around the function it was given."""
        for one in results:
            layers = set()
            while isinstance(one, Layered):
                layers.add(one.layer)
                one = one.inner
            if layers and isinstance(one, Function) and isinstance(value, Function) and one.scope == value.scope:
                self.state.defined_layers.setdefault(scope, set()).update(layers)

    def _set_to_retry(self, scope: int) -> bool:
        """Whether the `retries` setting names a decorator, or the factory whose inner function it is."""
        while scope >= 0:
            if scope in self.state.retrying:
                return True
            scope = self.program.scopes[scope].parent
        return False

    def _retries(self, decorator: External | Made) -> bool:
        tool = self.tools.get(decorator.name)
        if decorator.name in self.state.config.retries:
            return True
        return tool is not None and tool.kind in ("decorator", "caller")
