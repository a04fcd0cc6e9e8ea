"""How often a client retries by itself: its constructor, ``with_options``, and assignments to ``max_retries``."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from oailint import facts, knowledge
from oailint.project.linking import Linker
from oailint.project.values import NUMBERS, Client, Hidden, Items, Plain, String, Values

DEFAULT, NONE, EXPLICIT = "default", "none", "explicit"


class ClientRetries(Struct, frozen=True):
    """``default``, ``none`` or ``explicit``; and whether a literal 0 is the reason for ``none``."""

    verdict: str
    off: bool = False


class Clients:
    """Answers about clients."""

    def __init__(self, linker: Linker) -> None:
        self.linker = linker
        self.program = linker.program
        self.state = linker.state
        self.classes = knowledge.sdk().clients

    def retries(self, client: Client) -> ClientRetries:
        """The retries of one client. A number that is not known counts as given by somebody who thought of it."""
        found: list[Values] = []
        for site in (client.options, client.site):
            if site >= 0:
                given = self.argument(site, "max_retries")
                if given is not None:
                    found.append(given)
                    break
        if not found:
            found.append(self.state.known(("setting", client.name, client.site, "max_retries")))
        values = [value for one in found for value in one]
        if not values:
            return ClientRetries(DEFAULT)
        numbers = [value.value for value in values if isinstance(value, Plain) and value.kind in NUMBERS]
        if len(numbers) == len(values) and all(number == 0 for number in numbers):
            return ClientRetries(NONE, off=True)
        return ClientRetries(EXPLICIT)

    def argument(self, number: int, keyword: str) -> Values | None:
        site = self.program.sites[number]
        for argument in site.call.arguments:
            if argument.keyword == keyword:
                return self.linker.evaluate(argument.value, site.scope, site.region)
            if argument.star == 2:
                found = self._in_mapping(self.linker.evaluate(argument.value, site.scope, site.region), keyword)
                if found is not None:
                    return found
        return None

    def _in_mapping(self, values: Values, keyword: str) -> Values | None:
        """``OpenAI(**options)`` where the options are a dict of the project."""
        found = frozenset(
            value
            for items in values
            if isinstance(items, Items)
            for value in self.state.known(("item", items.node, keyword))
        )
        return found or None

    def asynchronous(self, client: Client) -> bool:
        known = self.classes.get(client.name)
        return known.asynchronous if known is not None else "Async" in client.name

    def azure(self, client: Client) -> bool:
        known = self.classes.get(client.name)
        return known.azure if known is not None else "Azure" in client.name


def mappings(linker: Linker, node: facts.Expr, scope: int) -> Iterator[facts.Mapping]:
    """The dict displays that an expression is or that its name is assigned in sight."""
    if isinstance(node, facts.Mapping):
        yield node
    elif isinstance(node, facts.Name):
        home = linker.expressions.home(scope, node.id)
        for statement in linker.program.scopes[home].facts.statements if home >= 0 else ():
            if isinstance(statement, facts.Assign) and facts.Name(node.id) in statement.targets:
                if isinstance(statement.value, facts.Mapping):
                    yield statement.value


__all__ = ["Clients", "Hidden", "Items", "String"]
