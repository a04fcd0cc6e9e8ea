"""Calls of what is not the project's: functions and classes of libraries, methods of what they made, the unknown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from oailint import facts, knowledge
from oailint.project import outside, strings
from oailint.project.given import EMPTY, Given
from oailint.project.loaded import LOADERS, Loaded
from oailint.project.program import Site
from oailint.project.state import State, is_callable
from oailint.project.values import (
    FOREIGN,
    NOTHING,
    SOMETHING_UNKNOWN,
    Caught,
    Class,
    Client,
    External,
    Function,
    Instance,
    Items,
    Layered,
    Made,
    Member,
    Module,
    String,
    Value,
    Values,
)

if TYPE_CHECKING:
    from oailint.project.calls import Calls

HTTP_KEYWORDS = frozenset(("headers", "params", "timeout", "json", "data", "stream", "auth", "verify", "proxies"))
HTTP_RECEIVERS = ("session", "client", "http", "request", "scraper")


class Externals:
    """Says what a call outside the project does with what it is given."""

    def __init__(self, state: State, calls: Calls) -> None:
        self.state = state
        self.program = state.program
        self.calls = calls
        self.expressions = calls.expressions
        self.sdk = knowledge.sdk()
        self.fans = knowledge.fans()
        self.tools = knowledge.retries().tools
        self.http = knowledge.http()
        self.library = outside.Library(state)
        self.loaded = Loaded(state)
        self._given: set[tuple[int, Value]] = set()

    def unknown(self, given: Given, site: Site) -> Values:
        """A callee that is not known, or of a library that is not: its name may still tell what it does."""
        func = site.call.func
        name = func.name if isinstance(func, facts.Attribute) else ""
        fan = self.fans.any_receiver.get(name)
        if fan is not None and any(is_callable(value) for value in given.first((fan.callable, "func"))):
            return frozenset(self.fan_out(fan, given, site))
        if name in self.http.session_methods and site.decorates < 0 and (name != "get" or _looks_like_http(site)):
            self.library.note_http(self.http.session_methods[name], given, site, Made(""))
        self.give(given, site)
        return NOTHING

    def call(self, callee: External, given: Given, site: Site) -> Iterable[Value]:
        name = callee.name
        special = self.library.result(name, given, site)
        if special is not None:
            return special
        if name in LOADERS:
            return self.loaded.modules(given.get("0"), site) or (FOREIGN,)
        if name in outside.INJECTORS:
            return self.calls.injected(given.first(("0", "dependency")), site) or (FOREIGN,)
        if name == "builtins.object.__new__":
            return [Instance(one.scope) for one in given.get("0") if isinstance(one, Class)] or (FOREIGN,)
        if name in outside.HANDED_ON:
            return self._handed_on(name, given)
        if name in outside.ONE_OF:
            return self.expressions.elements(given.get("0")) or self.state.nothing_yet()
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
            return self.calls.apply(given.get("default_factory"), EMPTY, site) | given.get("default")
        if name == "builtins.dict" and given.keywords:
            return self._dict(given, site)
        if name == "builtins.getattr":
            return self._getattr(given, site)
        if knowledge.retries().predicates.get(name) == "function":
            self._shows_exception(given.get("0"), site)
        if self.library.may_call(name):
            self.give(given, site)
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
            for base in given.get("0") if isinstance(name, String) else ():
                for one in self._named(base, name):
                    out.update(self.expressions.attributes.of(base, one, origin, site.scope))
        return frozenset(out) or self.state.nothing_yet()

    def _named(self, base: Value, name: Value) -> Iterable[str]:
        assert isinstance(name, String)
        if isinstance(base, Module):
            return self.loaded.members(base, name.text)
        return (name.text,) if name.text.isidentifier() else ()

    def _handed_on(self, name: str, given: Given) -> Iterable[Value]:
        """``cast(T, value)``, ``copy(value)``: the value, or what the type says of one that is not known."""
        values = given.get(outside.HANDED_ON[name]) or self.state.nothing_yet()
        if name.endswith(".cast") and not values - SOMETHING_UNKNOWN:
            clients = [one.name for one in given.get("0") if isinstance(one, External) and one.name in self.sdk.clients]
            return [Client(client) for client in clients] or values
        return values

    def _iterated(self, name: str, values: Values) -> Iterable[Value]:
        return values or self.state.nothing_yet()

    def _wrapped_client(self, how: str, given: Given, site: Site) -> Iterable[Value]:
        if how.startswith("new"):
            return (Client("openai.AsyncOpenAI" if how.endswith("async") else "openai.OpenAI", site.id),)
        values = given.get(how) or given.get("client") or self.state.nothing_yet()
        return [value._replace(wrapped=True) if isinstance(value, Client) else value for value in values]

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
        return self.calls.apply(functions, given.after(place), site, layers=(layer,)) or self.state.nothing_yet()

    def method(self, callee: Member | Made, given: Given, site: Site) -> Iterable[Value]:
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
            if owner.name in outside.VARIABLES:
                return self._variable(owner, callee.path, given)
            if self.library.http_method(owner, method) is not None:
                self.library.note_http(self.library.http_method(owner, method), given, site, owner)
                return SOMETHING_UNKNOWN
        if isinstance(callee, Made) and self.library.is_pool(callee) and "__call__" in self.fans.methods:
            return self.fan_out(self.fans.methods["__call__"], given, site)
        if isinstance(callee, Made) and callee.name == "functools.wraps":
            return given.get("0") or self.state.nothing_yet()
        self.give(given, site)
        if isinstance(callee, Member) and self.library.in_tables(f"{owner.name}.{callee.path}"):
            return (Made(f"{owner.name}.{callee.path}", site.id),)
        return (FOREIGN,)

    def _variable(self, owner: Made, method: str, given: Given) -> Iterable[Value]:
        """``variable.set(value)`` and ``variable.get()`` of a context variable."""
        content = Items(outside.made_items(owner.site))
        if method == "set":
            self.state.add(("items", content.node), self.expressions.storable(given.get("0")))
            return (FOREIGN,)
        return (self.state.contents(content) | given.get("0")) if method == "get" else (FOREIGN,)

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
            self.give(given, site)
            return frozenset().union(*(values for values, _, _ in given.all)) or self.state.nothing_yet()
        rest = given.after(fan.callable)
        if fan.kind == "bind":
            tools = [v for v in given_callables if isinstance(v, External) and v.name in self.tools]
            if tools:  # partial(tenacity.retry, stop=...): a decorator that is set up in two steps
                return [Made(tool.name, site.id) for tool in tools]
            self.calls.apply(functions, rest, site, via="bind")
            return functions or self.state.nothing_yet()
        if fan.kind == "pick":
            if not functions and not fan.callable.isdigit():  # functools.wraps(f): what it returns is a decorator
                return (Made("functools.wraps", site.id),)
            return functions or self.state.nothing_yet()
        if fan.kind in ("map", "serial-map"):
            rest = Given((self.expressions.elements(values), "", 0) for values, keyword, _ in rest.all if not keyword)
        elif fan.kind == "start":
            spread = self.expressions.elements(given.keywords.get("args", NOTHING))
            rest = Given([(spread, "", 1)]) if "args" in given.keywords else rest
        result = self.calls.apply(functions, rest, site, via=fan.kind)
        if fan.kind == "call":
            return result or self.state.nothing_yet()
        return (FOREIGN,)

    def give(self, given: Given, site: Site) -> Iterable[Value]:
        """A callee that is not known: what it does with the callables that it is given is not known either."""
        for values, _, _ in given.all:
            for value in self.calls.callables(values):
                if (site.id, value) not in self._given:
                    self._given.add((site.id, value))
                    self.calls.apply([value], EMPTY, site, via="passed")
        return SOMETHING_UNKNOWN


def _looks_like_http(site: Site) -> bool:
    """Whether ``x.get(...)`` on an unknown receiver reads as a request, rather than as a look-up in a mapping."""
    arguments = site.call.arguments
    if any(argument.keyword in HTTP_KEYWORDS for argument in arguments):
        return True
    alone = len(arguments) == 1 and not arguments[0].keyword
    func = site.call.func
    receiver = strings.source(func.value).rpartition(".")[2].lower() if isinstance(func, facts.Attribute) else ""
    return alone and any(word in receiver for word in HTTP_RECEIVERS)
