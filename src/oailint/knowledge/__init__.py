"""What oailint knows about the world, as data.

Each table is a TOML file in this folder, with the source and the date of what it says. This module only reads
them into frozen values; tests compare them with the installed packages.
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import TypeVar

import msgspec
import tomli

T = TypeVar("T")


class ClientClass(msgspec.Struct, frozen=True):
    """A class whose instances send OpenAI requests. ``retries`` is its default ``max_retries``."""

    asynchronous: bool = False
    azure: bool = False
    retries: int = 2


class Method(msgspec.Struct, frozen=True):
    """What calling an SDK method does.

    ``behaviour``: ``send`` (one request), ``stream`` (a lazy manager: the request is sent on entering it), ``poll``
    (creates, then polls), ``page`` (a paginator; async: lazy), ``connect`` (a websocket: the SDK's retries do not
    apply). ``retired`` says that the endpoint is gone from the API. ``coroutine`` says whether the async client's
    bound method is a coroutine function (libraries that decide by that never retry the others).
    """

    behaviour: str = "send"
    retired: bool = False
    coroutine: bool = False


class Sdk(msgspec.Struct, frozen=True):
    """``modules``: dotted names that stand for the ``openai`` module (``langfuse.openai``). ``clients``: by dotted
    class name. ``wrappers``: dotted functions that return the client they are given, or one like it (value: the
    position or keyword of the client argument; ``new:async``/``new:sync`` for one that makes its own client).
    ``methods``: by attribute path behind a 1.x client (``chat.completions.create``); those in ``wrapped`` only behind
    one that a wrapper returned. ``legacy``: by attribute path
    behind the 0.x module (``ChatCompletion.create``). ``transparent``: attributes that lead to the same methods
    (``with_raw_response``). ``distinctive``: method paths that hardly any other library has, evidence on an unknown
    receiver.
    ``module_settings``: attributes of the module that configure its global client."""

    modules: tuple[str, ...]
    clients: dict[str, ClientClass]
    wrappers: dict[str, str]
    methods: dict[str, Method]
    legacy: dict[str, Method]
    wrapped: tuple[str, ...]
    transparent: tuple[str, ...]
    distinctive: tuple[str, ...]
    vendors: tuple[str, ...]
    """Module prefixes of other vendors' clients that have the same call shape (``groq``, ``anthropic``, ...)."""


class ErrorClass(msgspec.Struct, frozen=True):
    """An exception class. ``bases`` are dotted names. ``transient``: a rate limit, overload or network error raises it
    or a subclass of it, so that retrying on it is retrying what can be retried."""

    bases: tuple[str, ...]
    transient: bool = False
    status: int = 0


class Fragment(msgspec.Struct, frozen=True):
    """What a text test looks for, and what to ask instead (table 2.4 of the facts).

    ``text`` is compared in lower case with the tested literal, ``exact`` or as a part of it. ``fate`` tells what became
    of the text: ``alive``, ``dead-since-3.38`` (true until 3.37, silently false since), ``never`` (it was never in the
    text of an SDK 1.x error), ``ambiguous`` (matches other errors too).
    ``fix``: ``fix`` (the typed test gives the verdict that the text gave or should have given), ``ask`` (it is wider or
    narrower), ``no`` (there is none).

    The typed test: the exception is of one of ``classes`` and none of ``excluded``, and one of its ``attributes`` is
    one of ``values``. ``legacy`` are the classes of SDK 0.x, where such a test is right there too; of attributes only
    ``code`` is known there, on ``InvalidRequestError``.
    """

    text: str
    fate: str
    fix: str
    classes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    values: tuple[str | int, ...] = ()
    legacy: tuple[str, ...] = ()
    note: str = ""
    exact: bool = False
    generic: bool = False
    """Many other errors hold the text too (``timeout``, ``connection``, ``404``)."""

    @property
    def typed(self) -> str:
        """The typed test as source, with ``e`` for the exception; empty if there is none."""
        if not self.classes:
            return ""
        parts = [f"isinstance(e, {_choice(self.classes)})"]
        parts += [f"not isinstance(e, {_choice(self.excluded)})"] if self.excluded else []
        parts += [attribute_test("e", self.attributes, self.values)] if self.attributes else []
        return " and ".join(parts)


def _choice(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def attribute_test(
    exception: str, attributes: tuple[str, ...], values: tuple[str | int, ...], *, negated: bool = False
) -> str:
    """The source of a test whether one of the attributes of what is called ``exception`` is one of the values; with
    ``negated``, whether none is."""
    equal, member, joined = ("!=", "not in", " and ") if negated else ("==", "in", " or ")
    shown = [f'"{value}"' if isinstance(value, str) else str(value) for value in values]
    asked = [f"{exception}.{name}" for name in attributes]
    if len(asked) == 1:
        return f"{asked[0]} {equal} {shown[0]}" if len(shown) == 1 else f"{asked[0]} {member} ({', '.join(shown)})"
    return joined.join(f"{one} {member} ({', '.join(asked)})" for one in shown)


class Errors(msgspec.Struct, frozen=True):
    classes: dict[str, ErrorClass]
    fragments: tuple[Fragment, ...]
    raisers: tuple[str, ...] = ()
    """Prefixes of other libraries whose calls let OpenAI errors through (``langchain_openai.``)."""
    suppressors: tuple[str, ...] = ()
    """Context managers that swallow the exceptions which they are given as arguments."""


class RetryTool(msgspec.Struct, frozen=True):
    """A function or class of a retry library, by dotted name.

    ``kind``: ``decorator`` (used as ``@tool(...)`` or ``tool(...)(f)``; also bare ``@tool`` if ``bare``), ``caller``
    (an instance that is called with the function and its arguments: ``Retrying(...)(f, x)``, also ``.call``/``.wraps``
    by ``methods``, and iterated: ``for attempt in Retrying(...)``, by ``iterates``), ``context`` (iterated only:
    ``for attempt in stamina.retry_context(...)``), ``policy`` (a retry policy object), ``function``
    (calls its ``callable`` argument with retries). ``exceptions``: position or keyword of the exception types or
    the predicate that decide; empty: everything is retried. ``waits``: it waits between tries by default (not a busy
    loop). ``wait`` and ``attempts``: places that set the waits and the number of tries. ``generators``: it retries
    generator functions too. ``only_if``: it retries only where one of these keywords is given.
    """

    kind: str
    bare: bool = False
    exceptions: tuple[str, ...] = ()
    callable: str = ""
    methods: tuple[str, ...] = ()
    iterates: bool = False
    waits: bool = True
    wait: tuple[str, ...] = ()
    attempts: tuple[str, ...] = ()
    generators: bool = False
    only_if: tuple[str, ...] = ()
    results: bool = False
    """It looks at results, not at errors: it retries where a handler turned the error into one."""


class Retries(msgspec.Struct, frozen=True):
    """``tools`` as above; ``predicates``: dotted functions that make a retry predicate
    (``tenacity.retry_if_exception_type``),
    value: ``types`` (arguments are exception classes), ``not-types``, ``function`` (argument is a predicate),
    ``message``
    (arguments are a text to look for: ``match``/``message``), ``result``, ``any``, ``all``, ``always``, ``never``."""

    tools: dict[str, RetryTool]
    predicates: dict[str, str]


class ThrottleTool(msgspec.Struct, frozen=True):
    """Something that limits how fast or how many. ``kind``: ``sleep`` (a call that waits), ``semaphore`` (a context
    manager or
    acquire/release object that bounds concurrency; ``bound``: argument that gives the number), ``limiter`` (a rate
    limiter object used as
    context manager, decorator or through ``methods``), ``decorator`` (a rate-limiting decorator), ``pool`` (runs work
    on a bounded number of workers; ``bound`` names the argument)."""

    kind: str
    bound: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    concurrency: bool = False


class FanOut(msgspec.Struct, frozen=True):
    """A call that runs several calls at once or starts one without waiting.

    ``kind``: ``gather`` (its awaitable arguments run at once), ``start`` (starts one and returns at once:
    ``create_task``, ``Thread``), ``submit`` (starts ``callable`` on a pool), ``map`` (runs ``callable`` for each
    item, at once:
    ``pool.map``), ``serial-map`` (for each item, one after the other: ``map``, ``DataFrame.apply``), ``call`` (runs
    ``callable`` once, elsewhere, and waits: ``asyncio.to_thread``), ``bind`` (returns a callable:
    ``functools.partial``), ``pick``
    (returns one of its function arguments as it is: ``functools.wraps`` results). ``callable``: position or
    keyword of the callable. ``bound``: argument that bounds the concurrency (``max_workers``, ``limit``).
    ``coroutine``: what it returns is a coroutine of asyncio, so that nothing runs before it is awaited.
    """

    kind: str
    callable: str = ""
    bound: tuple[str, ...] = ()
    coroutine: bool = False


class Fans(msgspec.Struct, frozen=True):
    """``calls``: by dotted name. ``methods``: by method name on a receiver made by one of ``pools`` (value), such as
    ``submit`` on an executor. ``pools``: dotted constructor -> arguments that give its size. ``any_receiver``: method
    names
    that mean the same on whatever receiver, being rare elsewhere (``apply``: serial-map; ``run_in_executor``).
    ``iterations``: dotted functions that hand on what they iterate over (``tqdm``, ``enumerate``, ``list``), value:
    position."""

    calls: dict[str, FanOut]
    methods: dict[str, FanOut]
    pools: dict[str, tuple[str, ...]]
    any_receiver: dict[str, FanOut]
    iterations: dict[str, str]


class Sender(msgspec.Struct, frozen=True):
    """An HTTP function. ``url``: position or keyword of the URL. ``lazy``: returns an object
    (``urllib.request.Request``) that
    carries the URL and the headers to another call."""

    url: str = "0"
    lazy: bool = False


class Http(msgspec.Struct, frozen=True):
    """``functions``: dotted name -> how it sends. ``sessions``: dotted classes whose instances send through
    ``session_methods``
    (name -> how). ``hosts``: OpenAI's and Azure's host names (a leading dot: any subdomain). ``paths``: path fragments
    of OpenAI endpoints; those in ``last`` have no endpoints below them. ``retrying``: dotted names of transport-level
    retry (``requests.adapters.HTTPAdapter`` with ``max_retries=``, ``urllib3.util.Retry``)."""

    functions: dict[str, Sender]
    sessions: tuple[str, ...]
    session_methods: dict[str, Sender]
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    last: tuple[str, ...]
    retrying: tuple[str, ...]


class Keys(msgspec.Struct, frozen=True):
    """Where a key is used, by name. ``keywords``: keyword arguments and parameters that take an OpenAI key on a
    client or anything
    OpenAI's (``api_key``, ``openai_api_key``). ``environment``: variables that hold one. ``headers``: header names."""

    keywords: tuple[str, ...]
    environment: tuple[str, ...]
    headers: tuple[str, ...]


def _read(name: str, kind: type[T]) -> T:
    text = resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8")
    return msgspec.convert(tomli.loads(text), kind)


@functools.cache
def sdk() -> Sdk:
    return _read("sdk", Sdk)


@functools.cache
def errors() -> Errors:
    return _read("errors", Errors)


@functools.cache
def retries() -> Retries:
    return _read("retries", Retries)


@functools.cache
def throttles() -> dict[str, ThrottleTool]:
    return _read("throttles", dict[str, ThrottleTool])


@functools.cache
def fans() -> Fans:
    return _read("fans", Fans)


@functools.cache
def http() -> Http:
    return _read("http", Http)


@functools.cache
def keys() -> Keys:
    return _read("key_uses", Keys)
