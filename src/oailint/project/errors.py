"""Which exceptions a request raises, which of them a handler or a retry predicate catches, and what a handler lets out.

An exception is a *token*: ``sdk`` (a rate limit), ``other`` (another transient error of the SDK), ``http`` (an HTTP
library's), a dotted name, or the number of a class of the project.
"""

from __future__ import annotations

from collections.abc import Iterable

from oailint import facts, knowledge
from oailint.project.flow import Flow
from oailint.project.linking import Linker
from oailint.project.values import (
    Caught,
    Class,
    Client,
    External,
    Function,
    Instance,
    Items,
    Made,
    Plain,
    Value,
    Values,
)

Token = str | int
Tokens = frozenset[Token]

SDK, OTHER, HTTP = "sdk", "other", "http"
"""A rate limit; the SDK's other transient errors (5xx, connection); an HTTP library's error."""
FROM_SDK: frozenset[str | int] = frozenset((SDK, OTHER))
FROM_HTTP: frozenset[str | int] = frozenset((HTTP,))
RATE_LIMITS = ("openai.RateLimitError", "openai.error.RateLimitError")
ALL_OF_THEM = frozenset(("openai.APIError", "openai.OpenAIError", "openai.error.OpenAIError"))
EITHER = frozenset(("openai.APIConnectionError", "openai.APIStatusError"))
"""Classes that catch all errors of a request: each alone, or both together."""
EVERYTHING = frozenset(("builtins.Exception", "builtins.BaseException"))
HTTP_MODULES = ("requests.", "httpx.", "httpx2.", "aiohttp.", "urllib.", "urllib3.", "http.")
HTTP_BUILTINS = frozenset(
    (
        "builtins.OSError",
        "builtins.IOError",
        "builtins.ConnectionError",
        "builtins.TimeoutError",
        "asyncio.TimeoutError",
    )
)


class Errors:
    """Answers questions about exceptions over the linked program."""

    def __init__(self, linker: Linker) -> None:
        self.linker = linker
        self.program = linker.program
        self.classes = linker.classes
        self.table = knowledge.errors().classes
        self.predicates = knowledge.retries().predicates
        self._rate_limits = {one for name in RATE_LIMITS for one in (name, *self._ancestors(name))}
        self._types: dict[tuple[int, int], Values | None] = {}

    # --- matching -----------------------------------------------------------------------------

    def caught(self, types: Values | None, tokens: Tokens) -> Tokens:
        """The tokens that ``except types`` catches; None stands for a bare ``except``."""
        if types is None:
            return tokens
        return frozenset(token for token in tokens if any(self._matches(one, token) for one in self.flat(types)))

    def flat(self, types: Values) -> Iterable[Value]:
        """The classes in a (nested) tuple of classes, which may seem to hold itself (``E = (E, KeyError)``)."""
        seen: set[Value] = set()
        pending = list(types)
        while pending:
            value = pending.pop()
            if isinstance(value, Items):
                if value not in seen:
                    seen.add(value)
                    pending.extend(self.linker.state.contents(value))
            else:
                yield value

    def _matches(self, caught: Value, token: Token) -> bool:
        if isinstance(caught, External):
            return self._external_catches(caught.name, token)
        if isinstance(caught, Class):
            return isinstance(token, int) and caught.scope in self.classes.lineage(token)
        # A client attribute, a stored tuple, an unresolved name: it may well be the right class.
        return not isinstance(caught, (Plain, Function, Instance, Client))

    def _external_catches(self, name: str, token: Token) -> bool:
        if name in EVERYTHING or self._may_be_any(name):
            return True
        if token == SDK:
            return name in self._rate_limits or (name.startswith("openai.") and name not in self.table)
        if token == OTHER:
            known = self.table.get(name)
            return name.startswith("openai.") and (known.transient if known is not None else True)
        if token == HTTP:
            return name.startswith(HTTP_MODULES) or name in HTTP_BUILTINS
        if isinstance(token, int):
            return name in self.classes.external_bases(token)
        return name == token or name in self._ancestors(token)

    def _may_be_any(self, name: str) -> bool:
        """Whether a name outside the project is no class by its looks, but a tuple of classes: anything may be in
        it."""
        return name not in self.table and name.rpartition(".")[2].isupper()

    def _ancestors(self, name: str) -> set[str]:
        seen: set[str] = set()
        queue = [name]
        for one in queue:
            for base in self.table[one].bases if one in self.table else ():
                if base not in seen:
                    seen.add(base)
                    queue.append(base)
        return seen

    # --- handlers -----------------------------------------------------------------------------

    def types_of(self, scope: int, number: int, handler: facts.Handler) -> Values | None:
        key = (scope, number)
        if key not in self._types:
            types = handler.types
            self._types[key] = None if types is None else self.linker.evaluate(types, scope, handler.parent)
        return self._types[key]

    def catches(self, scope: int, number: int, tokens: Tokens) -> Tokens:
        """The tokens that a handler region catches."""
        handler = self.program.region(scope, number)
        assert isinstance(handler, facts.Handler)
        return self.caught(self.types_of(scope, number, handler), tokens)

    def catches_whole(self, scope: int, number: int, tokens: Tokens) -> Tokens:
        """The tokens of which a handler region leaves nothing: the errors beside rate limits are of many classes."""
        caught = self.catches(scope, number, tokens)
        handler = self.program.region(scope, number)
        assert isinstance(handler, facts.Handler)
        types = self.types_of(scope, number, handler)
        if types is None or OTHER not in caught:
            return caught
        names = {one.name for one in self.flat(types) if isinstance(one, External)}
        whole = bool(names & (ALL_OF_THEM | EVERYTHING)) or names >= EITHER or not names
        return caught if whole else caught - {OTHER}

    def let_out(self, flow: Flow, number: int, caught: Tokens) -> Tokens:
        """What a handler that caught ``caught`` raises in turn, on any of its paths."""
        out: set[Token] = set()
        for statement in flow.statements(number):
            if not isinstance(statement, facts.Raise):
                continue
            if any(
                isinstance(region, facts.Try) and place > number
                for place, region in self.program.chain(flow.scope, statement.region)
            ):
                continue
            out |= self.raised(statement, flow.scope, caught)
        return frozenset(out)

    def raised(self, statement: facts.Raise, scope: int, caught: Tokens) -> Tokens:
        """The tokens of a ``raise`` statement in a handler that caught ``caught``."""
        if statement.value is None:
            return caught
        out: set[Token] = set()
        raised = statement.value.func if isinstance(statement.value, facts.Call) else statement.value
        for value in self.linker.evaluate(raised, scope, statement.region):
            if isinstance(value, Caught):
                out |= caught
            elif isinstance(value, (Instance, Class)):
                out.add(value.scope)
            elif isinstance(value, (Made, External)):
                out |= FROM_SDK if value.name.startswith("openai.") else {value.name}
            else:
                out.add("builtins.Exception")
        return frozenset(out)

    # --- retry tools --------------------------------------------------------------------------

    def tool_fires(self, layer: tuple[str, int], tokens: Tokens) -> bool:
        """Whether a retry library's layer, as configured, retries one of the tokens."""
        name, number = layer
        tool = knowledge.retries().tools.get(name)
        if tool is not None and tool.results:
            return not tokens
        if tool is not None and tool.only_if and not self._has(number, tool.only_if):
            return False
        if tool is None or number < 0:
            return bool(tokens)
        site = self.program.sites[number]
        decided = self._argument(site.call, tool.exceptions)
        if decided is None:
            return bool(tokens)
        values = self.linker.evaluate(decided, site.scope, site.region)
        return self._predicate_fires(values, tokens)

    def one_try(self, layer: tuple[str, int]) -> bool:
        """Whether a retry library's layer is told to make no second try."""
        tool = knowledge.retries().tools.get(layer[0])
        if tool is None or layer[1] < 0:
            return False
        site = self.program.sites[layer[1]]
        given = self._argument(site.call, tool.attempts)
        if given is None:
            return False
        numbers: list[Value] = []
        for value in self.linker.evaluate(given, site.scope, site.region):
            if isinstance(value, Made) and value.site >= 0:
                inner = self.program.sites[value.site]
                bound = self._bound(value, inner.call)
                if bound is None:
                    return False
                numbers += self.linker.evaluate(bound, inner.scope, inner.region)
            else:
                numbers.append(value)
        return bool(numbers) and all(isinstance(one, Plain) and one.value == 1 for one in numbers)

    def _bound(self, made: Made, call: facts.Call) -> facts.Expr | None:
        """The number of tries in ``stop_after_attempt(1)`` or in a policy object."""
        policy = knowledge.retries().tools.get(made.name)
        if policy is not None and policy.kind == "policy":
            return self._argument(call, policy.attempts)
        return call.arguments[0].value if made.name.endswith("attempt") and call.arguments else None

    def _has(self, number: int, keywords: tuple[str, ...]) -> bool:
        return number >= 0 and any(one.keyword in keywords for one in self.program.sites[number].call.arguments)

    def _argument(self, call: facts.Call, places: tuple[str, ...]) -> facts.Expr | None:
        positional = [argument.value for argument in call.arguments if not argument.keyword and not argument.star]
        for place in places:
            if place.isdigit():
                if int(place) < len(positional):
                    return positional[int(place)]
                continue
            for argument in call.arguments:
                if argument.keyword == place:
                    return argument.value
        return None

    def _predicate_fires(self, values: Values, tokens: Tokens) -> bool:
        for value in self.flat(values):
            kind = self.predicates.get(value.name, "") if isinstance(value, (Made, External)) else ""
            if isinstance(value, Made) and kind and value.site >= 0:
                site = self.program.sites[value.site]
                inner = [self.linker.evaluate(a.value, site.scope, site.region) for a in site.call.arguments]
                if self._tool_predicate(kind, inner, tokens):
                    return True
            elif kind == "result":
                continue
            elif isinstance(value, Function) or kind:
                return bool(tokens)
            elif self.caught(frozenset([value]), tokens):
                return True
        return False

    def _tool_predicate(self, kind: str, arguments: list[Values], tokens: Tokens) -> bool:
        if kind == "types":
            return not arguments or any(self.caught(one, tokens) for one in arguments)
        if kind == "not-types":
            return any(self.caught(one, tokens) != tokens for one in arguments)
        if kind in ("any", "all"):
            return any(self._predicate_fires(one, tokens) for one in arguments)
        if kind in ("result", "never"):
            return not tokens if kind == "result" else False
        return bool(tokens)
