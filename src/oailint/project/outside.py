"""What is known of code outside the project: the SDK's clients, standard functions, HTTP libraries."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from oailint import knowledge
from oailint.project.program import Site
from oailint.project.state import State
from oailint.project.values import (
    Caught,
    CaughtText,
    CaughtType,
    Client,
    Endpoint,
    External,
    Made,
    Member,
    String,
    Super,
    Value,
)

if TYPE_CHECKING:
    from oailint.project.given import Given

CONTAINER_ADDS = {"append": "0", "add": "0", "extend": "0", "update": "0", "insert": "1", "setdefault": "1", "put": "0"}
"""Methods that put an argument (at this position) into a container."""
CONTAINER_READS = frozenset(("get", "pop", "values", "items", "copy"))

DEFAULTS = {"os.getenv": "1", "os.environ.get": "1", "os.environ.setdefault": "1"}
"""Functions that return their argument at a position when there is nothing else."""

HANDED_ON = {"typing.cast": "1", "typing_extensions.cast": "1", "copy.copy": "0", "copy.deepcopy": "0"}
"""Functions that return their argument at a position, or its like."""

INJECTORS = frozenset(
    ("fastapi.Depends", "fastapi.Security", "fastapi.params.Depends", "fastapi.param_functions.Depends")
)
"""Functions that mark a parameter as given by a framework: with what their argument returns, or yields."""

THREADS = frozenset(
    ("threading.Thread", "threading.Timer", "multiprocessing.Process", "multiprocessing.context.Process")
)
"""Classes whose subclasses have a method ``run`` that runs beside the rest; making one counts as starting it."""

VARIABLES = frozenset(("contextvars.ContextVar",))
"""Classes whose ``get`` gives what ``set`` was given."""

ONE_OF = frozenset(("random.choice", "secrets.choice", "builtins.next", "builtins.min", "builtins.max"))
"""Functions that return one of the items of their first argument."""

CALLING_MODULES = frozenset(
    (
        "asyncio", "atexit", "concurrent", "contextlib", "functools", "itertools", "multiprocessing", "sched", "signal",
        "threading", "timeit",
    )
)  # fmt: skip
"""Modules of the standard library whose functions call what they are given."""

TEXT_OF = {
    "builtins.str": "str", "builtins.repr": "str", "builtins.format": "str", "builtins.ascii": "str",
    "traceback.format_exception_only": "str", "traceback.format_exception": "traceback",
}  # fmt: skip
"""Functions that turn the exception they are given into text."""


def rest_items(scope: int) -> int:
    """The number of the container that a function's ``*args`` is. Negative and far from those of comprehensions."""
    return -(10**9) - 2 * scope


def keyword_items(scope: int) -> int:
    return -(10**9) - 2 * scope - 1


def made_items(site: int) -> int:
    """The number of the dict that a call of ``dict`` makes."""
    return 10**9 + site


def promised_items(number: int) -> int:
    """The number of a container that an annotation promises."""
    return 2 * 10**9 + number


def shown_by(site: int) -> int:
    """The region of an exception that no handler caught: a retry library shows it to the predicate given at ``site``.

    It is its own inverse.
    """
    return -2 - site


class Library:
    """Special knowledge about external names, over the state."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.sdk = knowledge.sdk()
        self.fans = knowledge.fans()
        self.http = knowledge.http()
        tables = (knowledge.retries().tools, knowledge.throttles(), self.fans.pools, self.http.functions)
        self._interesting = {name for table in tables for name in table}
        self._interesting.update(VARIABLES, knowledge.errors().suppressors)
        self._interesting.update(self.http.sessions, self.http.retrying, knowledge.retries().predicates)
        self._owners = {name.rpartition(".")[0] for name in (*knowledge.retries().tools, *self.sdk.wrappers)}
        self._owners.add("asyncio.Runner")
        self._libraries = tuple(f"{vendor}." for vendor in self.sdk.vendors) + knowledge.errors().raisers
        self._interesting.update(self.state.config.throttles, self.state.config.retries)

    def in_tables(self, name: str) -> bool:
        return name in self._interesting

    def interesting(self, name: str) -> bool:
        """Whether each place that calls it must be told apart from the others."""
        return name in self._interesting or name in self._owners or name.startswith(self._libraries)

    def may_call(self, name: str) -> bool:
        """Whether a function outside the project may call what it is given. The standard library's say what they do:
        those that call it stand in the tables, or in a module whose business it is."""
        if name.rpartition(".")[2].startswith("is"):
            return False  # it only asks: asyncio.iscoroutinefunction
        module = name.partition(".")[0]
        return module in CALLING_MODULES or (module != "builtins" and module not in sys.stdlib_module_names)

    # --- clients ------------------------------------------------------------------------------

    def with_options(self, callee: Endpoint, site: Site) -> Client:
        given = any(argument.keyword == "max_retries" or argument.star == 2 for argument in site.call.arguments)
        return callee.client._replace(options=site.id) if given else callee.client

    def sends(self, endpoint: Endpoint) -> bool:
        """Whether calling the endpoint sends a request."""
        return self.method(endpoint) is not None

    def method(self, endpoint: Endpoint) -> knowledge.Method | None:
        if endpoint.client.name == "openai" and endpoint.path in self.sdk.legacy:
            return self.sdk.legacy[endpoint.path]
        if endpoint.path in self.sdk.wrapped and not endpoint.client.wrapped:
            return None
        return self.sdk.methods.get(endpoint.path)

    # --- standard functions -------------------------------------------------------------------

    def result(self, name: str, given: Given, site: Site) -> Iterable[Value] | None:
        """What a well-known function returns; None for all others."""
        if name in self.sdk.clients or name in self.state.config.clients:
            return (Client(name, site.id),)
        if name in DEFAULTS:
            return (*given.get(DEFAULTS[name]), *given.get("default"), Made(name))
        if name in TEXT_OF:
            texts = [as_text(value, TEXT_OF[name]) for value in given.get("0")]
            found = [text for text in texts if text is not None]
            return found if found else [v for v in given.get("0") if not isinstance(v, Caught)]
        if name == "traceback.format_exc":
            return self._current_exception(site, "traceback")
        if name == "sys.exc_info":
            return [Caught(v.scope, v.region) for v in self._current_exception(site, "str")]
        if name == "builtins.type":
            return [self.state.type_of(value) for value in given.get("0")]
        if name == "builtins.super":
            owner = self.state.program.enclosing_class(site.scope)
            return (Super(owner),) if owner >= 0 else None
        if name in self.http.functions:
            sender = self.http.functions[name]
            self.note_http(sender, given, site, None)
            return (*(given.get(sender.url) if sender.lazy else ()), Made(name, site.id))
        return None

    def _current_exception(self, site: Site, source: str) -> list[CaughtText]:
        from oailint import facts

        for number, region in self.state.program.chain(site.scope, site.region):
            if isinstance(region, facts.Handler):
                return [CaughtText(site.scope, number, source)]
        return []

    def mark(self, decorator: str, scope: int) -> None:
        """Remember what a standard decorator makes of a method."""
        if decorator in ("builtins.property", "functools.cached_property", "abc.abstractproperty"):
            self.state.properties.add(scope)
        elif decorator == "builtins.staticmethod":
            self.state.statics.add(scope)
        elif decorator == "builtins.classmethod":
            self.state.class_methods.add(scope)
        elif decorator in ("contextlib.contextmanager", "contextlib.asynccontextmanager"):
            self.state.context_managers.add(scope)

    # --- pools and HTTP -----------------------------------------------------------------------

    def is_pool(self, owner: Made) -> bool:
        return owner.name in self.fans.pools

    def http_method(self, owner: Made, method: str) -> knowledge.Sender | None:
        return self.http.session_methods.get(method) if owner.name in self.http.sessions else None

    def note_http(self, sender: knowledge.Sender | None, given: Given, site: Site, owner: Made | None) -> None:
        """Remember what URL an HTTP call may have; ``requests`` decides later whether it is OpenAI's.

        ``owner`` is the session that it is called on; its ``base_url`` stands before a path.
        """
        if sender is None or sender.lazy:
            return
        values = given.get(sender.url) or given.get("url")
        texts = {value.text for value in values if isinstance(value, String)}
        bases = self.state.bases.get(owner.site, set()) if owner is not None else set()
        found = {
            String(base.rstrip("/") + "/" + text.lstrip("/")) for base in bases for text in texts if "://" not in text
        }
        if found or texts:
            self.state.http.setdefault(site.id, set()).update(found or (String(text) for text in texts))

    def note_session(self, name: str, given: Given, site: Site) -> None:
        """Remember the ``base_url`` that an HTTP session is made with."""
        if name in self.http.sessions:
            texts = {value.text for value in given.get("base_url") if isinstance(value, String)}
            if texts:
                self.state.bases.setdefault(site.id, set()).update(texts)


def as_text(value: Value, source: str) -> Value | None:
    """``str(value)`` of something caught."""
    if isinstance(value, Caught):
        return CaughtText(value.scope, value.region, source)
    if isinstance(value, CaughtType):
        return CaughtText(value.scope, value.region, "class-name")
    return value if isinstance(value, CaughtText) else None


__all__ = ["External", "Library", "Member", "rest_items"]
