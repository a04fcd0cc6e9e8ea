"""What a call does: who runs, with which arguments, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable

from oailint import facts, knowledge
from oailint.project import outside, strings
from oailint.project.expressions import Expressions
from oailint.project.program import Site
from oailint.project.state import Edge, Layers, Route, Send, State, is_callable
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


class Given:
    """The arguments of a call: values, with the keyword or star of each."""

    def __init__(self, arguments: Iterable[tuple[Values, str, int]]) -> None:
        self.all = list(arguments)
        self.positional = [(values, star) for values, keyword, star in self.all if not keyword and star < 2]
        self.keywords = {keyword: values for values, keyword, star in self.all if keyword}
        self.spread = [values for values, keyword, star in self.all if star == 2]

    def get(self, place: str) -> Values:
        """The argument at a position (a number as text) or of a keyword."""
        if place.isdigit():
            index = int(place)
            return self.positional[index][0] if index < len(self.positional) else NOTHING
        return self.keywords.get(place, NOTHING)

    def first(self, places: Iterable[str]) -> Values:
        for place in places:
            values = self.get(place)
            if values:
                return values
        return NOTHING

    def after(self, place: str) -> Given:
        """The arguments behind a callable: those that it is called with."""
        index = int(place) if place.isdigit() else -1
        rest = [(v, k, s) for i, (v, k, s) in enumerate(self.all) if not (place.isdigit() and i <= index)]
        return Given((v, k, s) for v, k, s in rest if k != place)


EMPTY = Given(())
MOST_CONTEXTS = 32
"""Closures of one function that are told apart; the others are taken together."""
NOT_CALLABLE = (Unknown, Foreign, Items, Plain, Client, Generator)
"""Values of which it is not known what calling them does."""


class Calls:
    """Applies callees to arguments, over the state."""

    def __init__(self, state: State, expressions: Expressions) -> None:
        self.state = state
        self.program = state.program
        self.expressions = expressions
        self.classes = expressions.classes
        self.sdk = knowledge.sdk()
        self.fans = knowledge.fans()
        self.tools = knowledge.retries().tools
        self.http = knowledge.http()
        self.library = outside.Library(state)
        expressions.calls = self

    # --- the call expression ------------------------------------------------------------------

    def call(self, node: facts.Call, scope: int, region: int) -> Values:
        site = self.program.sites[self.program.site_of[id(node)]]
        given = Given(
            (self.expressions.evaluate(argument.value, scope, region), argument.keyword, argument.star)
            for argument in node.arguments
        )
        on_container = self._container_method(node, given, scope, region)
        if on_container is not None:
            return on_container
        callees = self.expressions.evaluate(node.func, scope, region)
        route = self._route(node.func, scope)
        return self.apply(callees, given, site, route=route)

    def _route(self, func: facts.Expr, scope: int) -> Route:
        if isinstance(func, facts.Name):
            home = self.expressions.home(scope, func.id)
            if home >= 0 and any(func.id == one.name for one in self.program.scopes[home].facts.parameters):
                return (home, func.id)
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
        out: set[Value] = set()
        unknown = False
        for callee in callees:
            if isinstance(callee, NOT_CALLABLE):
                unknown = True
            out.update(self._apply_one(callee, given, site, via, route, layers))
        if unknown:
            out |= self._on_unknown(given, site)
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
            return self.apply(methods, given, site, via=via, layers=layers)
        if isinstance(callee, (Endpoint, Guess)):
            return self._send(callee, given, site, via, route, layers)
        if isinstance(callee, External):
            return self._external(callee, given, site)
        if isinstance(callee, (Member, Made)):
            return self._made(callee, given, site)
        if isinstance(callee, String):
            return self._formatted(callee, given, site)
        if isinstance(callee, CaughtText):
            return (callee,)
        return (FOREIGN,) if isinstance(callee, Foreign) else SOMETHING_UNKNOWN

    def _on_unknown(self, given: Given, site: Site) -> Values:
        """A callee that is not known, or of a library that is not: its name may still tell what it does."""
        func = site.call.func
        name = func.name if isinstance(func, facts.Attribute) else ""
        fan = self.fans.any_receiver.get(name)
        if fan is not None and any(is_callable(value) for value in given.first((fan.callable, "func"))):
            return frozenset(self.fan_out(fan, given, site))
        if name in self.http.session_methods and site.decorates < 0:
            self.library.note_http(self.http.session_methods[name], given, site, Made(""))
        self._unknown(given, site)
        return NOTHING

    def _retried(self, callee: Function, given: Given, site: Site) -> None:
        """The `retries` setting names the callee: it runs the callables that it is given with retries."""
        layer = (self.program.qualified(callee.scope), -1)
        for values, _, _ in given.all:
            functions = [value for value in values if is_callable(value)]
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
        if via != "bind":
            self.state.edges.setdefault(Edge(site.id, callee.scope, callee.context, via, layers, route))
        self.bind(callee, given, site)
        scope = self.program.scopes[callee.scope].facts
        if scope.is_generator:
            return (Generator(callee.scope),)
        return [self._close(value, callee.scope, site) for value in self.state.read(("return", callee.scope))]

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
        parameters = self.program.scopes[scope].facts.parameters
        places = [one for one in parameters if one.kind == "positional"]
        if callee.bound and places:
            places = places[1:]
        names = {one.name for one in parameters if one.kind in ("positional", "keyword")}
        rest = next((one for one in parameters if one.kind == "args"), None)
        filled: set[str] = set()
        index = 0
        for values, star in given.positional:
            if star:
                for one in places[index:]:
                    self._give(scope, one.name, self.expressions.elements(values), site)
                continue
            if index < len(places):
                self._give(scope, places[index].name, values, site)
                filled.add(places[index].name)
            elif rest is not None:
                self.state.add(("items", outside.rest_items(scope)), self.expressions.storable(values))
                self._pass(scope, rest.name, values, site)
            index += 1
        for keyword, values in given.keywords.items():
            if keyword in names:
                self._give(scope, keyword, values, site)
                filled.add(keyword)
            elif any(one.kind == "kwargs" for one in parameters):
                self.state.add(("items", outside.keyword_items(scope)), self.expressions.storable(values))
                self.state.add(("item", outside.keyword_items(scope), keyword), self.expressions.storable(values))
        for values in given.spread:
            extra = [value for value in self.expressions.elements(values) if not isinstance(value, String)]
            for name in names - filled:
                self._give(scope, name, frozenset(extra), site)

    def _give(self, scope: int, name: str, values: Values, site: Site) -> None:
        self.state.add(("name", scope, name), (v for v in values if not isinstance(v, String) or "/" in v.text))
        self._pass(scope, name, values, site)

    def _pass(self, scope: int, name: str, values: Values, site: Site) -> None:
        for value in values:
            if is_callable(value):
                self.state.pass_callable((scope, name), value, site.id)

    def _construct(self, callee: Class, given: Given, site: Site) -> Iterable[Value]:
        made = Instance(callee.scope)
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
                return (self.library.with_options(callee, site),)
            if not self.library.sends(callee):
                return SOMETHING_UNKNOWN
        elif callee.path not in self.sdk.distinctive:
            return SOMETHING_UNKNOWN
        if via != "bind":
            self.state.sends.setdefault(Send(site.id, callee, via, layers, route))
        return SOMETHING_UNKNOWN

    # --- what is not the project's ------------------------------------------------------------

    def _external(self, callee: External, given: Given, site: Site) -> Iterable[Value]:
        name = callee.name
        special = self.library.result(name, given, site)
        if special is not None:
            return special
        if name in self.sdk.wrappers:
            return self._wrapped_client(self.sdk.wrappers[name], given, site)
        if name in self.fans.iterations:
            values = given.first((self.fans.iterations[name], "iterable"))
            return self._iterated(name, values)
        fan = self.fans.calls.get(name)
        if fan is not None:
            return self.fan_out(fan, given, site)
        if name in self.tools or name in self.state.config.retries:
            return self._tool(name, given, site)
        self.library.note_session(name, given, site)
        if name == "dataclasses.field":
            return self.apply(given.get("default_factory"), EMPTY, site) | given.get("default")
        if name == "builtins.dict" and given.keywords:
            return self._dict(given, site)
        if name == "builtins.getattr":
            return self._getattr(given, site)
        if knowledge.retries().predicates.get(name) == "function":
            self._shows_exception(given.get("0"), site)
        if self.library.may_call(name):
            self._unknown(given, site)
        return (Made(name, site.id) if self.library.interesting(name) else FOREIGN,)

    def _dict(self, given: Given, site: Site) -> Values:
        """``dict(key=value)``"""
        items = Items(outside.made_items(site.id))
        for keyword, values in given.keywords.items():
            self.state.add(("items", items.node), self.expressions.storable(values))
            self.state.add(("item", items.node, keyword), self.expressions.storable(values))
        return frozenset([items, *(value for value in given.get("0") if isinstance(value, Items))])

    def _getattr(self, given: Given, site: Site) -> Values:
        """``getattr(x, "name", default)`` with a name that is known."""
        out: set[Value] = set(given.get("2"))
        origin = (self.program.scopes[site.scope].file, site.span)
        for name in given.get("1"):
            if isinstance(name, String) and name.text.isidentifier():
                for base in given.get("0"):
                    out.update(self.expressions.attribute_of(base, name.text, origin, site.scope))
        return frozenset(out) or self.state.nothing_yet()

    def _iterated(self, name: str, values: Values) -> Iterable[Value]:
        return values or self.state.nothing_yet()

    def _wrapped_client(self, how: str, given: Given, site: Site) -> Iterable[Value]:
        if how.startswith("new"):
            return (Client("openai.AsyncOpenAI" if how.endswith("async") else "openai.OpenAI", site.id),)
        return given.get(how) or given.get("client") or self.state.nothing_yet()

    def _tool(self, name: str, given: Given, site: Site) -> Iterable[Value]:
        """A retry library's function or class: bare decorator, or what will decorate or call."""
        tool = self.tools.get(name) or knowledge.RetryTool("decorator", bare=True)
        if tool.kind in ("function", "caller") and tool.callable:
            return self._through_tool((name, site.id), tool.callable, given, site)
        direct = [value for value in given.get("0") if is_callable(value)]
        if tool.bare and direct and len(given.all) == 1:
            return [Layered(value, (name, -1)) for value in direct if not isinstance(value, Class)]
        for place in (*tool.exceptions, "giveup"):
            self._shows_exception(given.get(place), site)
        return (Made(name, site.id),)

    def _shows_exception(self, predicates: Values, site: Site) -> None:
        """A retry library shows each exception to the predicate that it is given."""
        for value in predicates:
            if isinstance(value, Function):
                parameters = self.program.scopes[value.scope].facts.parameters[value.bound :]
                if parameters:
                    caught = Caught(site.scope, outside.shown_by(site.id))
                    self.state.add(("name", value.scope, parameters[0].name), [caught])

    def _through_tool(self, layer: tuple[str, int], place: str, given: Given, site: Site) -> Iterable[Value]:
        functions = [value for value in given.get(place) if is_callable(value)]
        return self.apply(functions, given.after(place), site, layers=(layer,)) or self.state.nothing_yet()

    def _made(self, callee: Member | Made, given: Given, site: Site) -> Iterable[Value]:
        owner = callee.owner if isinstance(callee, Member) else callee
        method = callee.path.rpartition(".")[2] if isinstance(callee, Member) else "__call__"
        tool = self.tools.get(owner.name)
        if tool is not None or owner.name in self.state.config.retries:
            return self._made_tool(tool, owner, method, given, site)
        if isinstance(callee, Member):
            dotted = f"{owner.name}.{callee.path}"
            if dotted in self.tools:
                return self._tool(dotted, given, site)
            if dotted in self.sdk.wrappers:
                return self._wrapped_client(self.sdk.wrappers[dotted], given, site)
            fan = self.fans.methods.get(method) if self.library.is_pool(owner) else None
            fan = fan or self.fans.calls.get(f"{owner.name}.{callee.path}") or self.fans.any_receiver.get(method)
            if fan is not None:
                return self.fan_out(fan, given, site)
            if self.library.http_method(owner, method) is not None:
                self.library.note_http(self.library.http_method(owner, method), given, site, owner)
                return SOMETHING_UNKNOWN
        self._unknown(given, site)
        if isinstance(callee, Member) and self.library.in_tables(f"{owner.name}.{callee.path}"):
            return (Made(f"{owner.name}.{callee.path}", site.id),)
        return (FOREIGN,)

    def _made_tool(
        self, tool: knowledge.RetryTool | None, owner: Made, method: str, given: Given, site: Site
    ) -> Iterable[Value]:
        layer = (owner.name, owner.site)
        if tool is not None and tool.kind == "caller" and method in ("__call__", *tool.methods):
            place = "0" if not owner.name.endswith("RetryingCaller") else "1"
            return self._through_tool(layer, place, given, site)
        if method in ("__call__", "wraps"):
            direct = [value for value in given.get("0") if is_callable(value)]
            return [Layered(value, layer) for value in direct] or self.state.nothing_yet()
        return (owner,)

    def fan_out(self, fan: knowledge.FanOut, given: Given, site: Site) -> Iterable[Value]:
        """A call that runs its callable argument: somewhere else, later, or for each item."""
        given_callables = given.first((fan.callable, "func", "target", "fn", "function"))
        functions = [v for v in given_callables if is_callable(v) or isinstance(v, (Instance, Class))]
        if not fan.callable:
            self._unknown(given, site)
            return frozenset().union(*(values for values, _, _ in given.all)) or self.state.nothing_yet()
        rest = given.after(fan.callable)
        if fan.kind == "bind":
            self.apply(functions, rest, site, via="bind")
            return functions or self.state.nothing_yet()
        if fan.kind == "pick":
            return functions or self.state.nothing_yet()
        if fan.kind in ("map", "serial-map"):
            rest = Given((self.expressions.elements(values), "", 0) for values, keyword, _ in rest.all if not keyword)
        elif fan.kind == "start":
            spread = self.expressions.elements(given.keywords.get("args", NOTHING))
            rest = Given([(spread, "", 1)]) if "args" in given.keywords else rest
        result = self.apply(functions, rest, site, via=fan.kind)
        if fan.kind == "call":
            return result or self.state.nothing_yet()
        return (FOREIGN,)

    def _unknown(self, given: Given, site: Site) -> Iterable[Value]:
        """A callee that is not known: what it does with the callables that it is given is not known either."""
        for values, _, _ in given.all:
            for value in values:
                if is_callable(value):
                    self._apply_one(value, EMPTY, site, "passed", None, ())
        return SOMETHING_UNKNOWN

    # --- decorators ---------------------------------------------------------------------------

    def decorate(self, decorator: Values, value: Value, site: Site) -> Values:
        """What a decorator makes of a function or class. An unknown decorator leaves it as it is."""
        out: set[Value] = set()
        for one in decorator:
            if isinstance(one, External) and isinstance(value, Function):
                self.library.mark(one.name, value.scope)
            if isinstance(one, Function) and self._set_to_retry(one.scope):
                layer = (self.program.qualified(one.scope), -1)
                out.add(Layered(value, layer) if is_callable(value) else value)
                self.state.defined_layers.setdefault(site.decorates, set()).add(layer)
                continue
            if isinstance(one, (Function, Class, Instance)):
                result = self.apply([one], Given([(frozenset([value]), "", 0)]), site)
                known = {v for v in result if v is not UNKNOWN and not isinstance(v, (Caught, CaughtType, Super))}
                if not known:
                    self.state.waiting.add(self.state.current)
                out |= known or ({value} if self.state.settling else set())
            elif isinstance(one, (External, Made)) and self._retries(one):
                layer = (one.name, one.site if isinstance(one, Made) else -1)
                inner = value if isinstance(value, (Function, Layered)) else None
                out.add(Layered(inner, layer) if inner is not None else value)
                self.state.defined_layers.setdefault(site.decorates, set()).add(layer)
            else:
                out.add(value)
        return frozenset(out)

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
