"""The abstract values that an expression of the project can have.

Every kind is a tuple whose last field is its tag, so that values hash fast and never equal one of another kind.
Numbers named ``scope`` index ``Program.scopes``; ``site`` indexes ``Program.sites`` (-1: none known).
"""

from __future__ import annotations

from typing import NamedTuple

from oailint.facts import Masked, Span


class Unknown(NamedTuple):
    """Something that the analysis cannot know. A value like any other: never a guess."""

    tag: str = "unknown"


class Foreign(NamedTuple):
    """An object of a library that oailint knows nothing of. Not unknown: it is none of the project's and no OpenAI
    client."""

    tag: str = "foreign"


class Module(NamedTuple):
    """A module of the project, by the number of its scope."""

    scope: int
    tag: str = "module"


class Package(NamedTuple):
    """A folder of the project without an ``__init__.py``, by its path."""

    name: str
    tag: str = "package"


class External(NamedTuple):
    """Something outside the project, by its dotted name: a module, a function, a class, a constant."""

    name: str
    tag: str = "external"


class Function(NamedTuple):
    """A function, method or lambda of the project. ``context`` is the call that made this closure (-1: none);
    ``bound``: its first parameter is already given."""

    scope: int
    context: int = -1
    bound: bool = False
    tag: str = "function"


class Class(NamedTuple):
    scope: int
    tag: str = "class"


class Instance(NamedTuple):
    """An instance of a class of the project, or of one of its subclasses."""

    scope: int
    tag: str = "instance"


class Super(NamedTuple):
    """``super()`` inside a method of the class."""

    scope: int
    tag: str = "super"


class Made(NamedTuple):
    """What calling an external function or class returned."""

    name: str
    site: int = -1
    tag: str = "made"


class Member(NamedTuple):
    """An attribute path on a made object: ``executor.submit``."""

    owner: Made
    path: str
    tag: str = "member"


class Client(NamedTuple):
    """An OpenAI client. ``name`` is its dotted class, ``openai`` for the module itself. ``site`` constructs it,
    ``options`` is the ``with_options``/``copy`` call that last set its retries."""

    name: str
    site: int = -1
    options: int = -1
    wrapped: bool = False
    """Instructor gave it methods of its own."""
    tag: str = "client"


class Endpoint(NamedTuple):
    """An attribute path behind a client. ``origin`` is the place where the path is written in full: (file, span)."""

    client: Client
    path: str
    origin: tuple[int, Span]
    tag: str = "endpoint"


class Guess(NamedTuple):
    """A path that looks like an OpenAI method on a receiver that is unknown; ``receiver`` is its source form."""

    path: str
    receiver: str
    origin: tuple[int, Span]
    tag: str = "guess"


class Layered(NamedTuple):
    """A callable inside a retry layer that a library's decorator or wrapper puts around it: (tool, configuring
    site)."""

    inner: Function | Endpoint | Guess | Layered
    layer: tuple[str, int]
    tag: str = "layered"


class String(NamedTuple):
    """The value of a string. An unknown part of it is ``{}``."""

    text: str
    tag: str = "string"


class Hidden(NamedTuple):
    """A masked literal, by its file."""

    file: int
    literal: Masked
    tag: str = "hidden"


class Plain(NamedTuple):
    """A number, ``None``, ``True`` or ``False``. The ``kind`` keeps apart what Python holds for equal: 0 is an
    ``integer``, 0.0 a ``real``."""

    value: int | float | bool | None
    kind: str
    tag: str = "plain"


NUMBERS = ("integer", "real")
"""The kinds of ``Plain`` that are numbers."""


class Items(NamedTuple):
    """A list, tuple, set or dict display, by its file and number; its contents are a variable of their own."""

    node: int
    tag: str = "items"


class Generator(NamedTuple):
    """What calling a generator function of the project returns."""

    scope: int
    tag: str = "generator"


class Caught(NamedTuple):
    """The exception that a handler caught: (scope, region)."""

    scope: int
    region: int
    tag: str = "caught"


class CaughtText(NamedTuple):
    """Text made from a caught exception: ``str(e)``, ``e.message``, an f-string that holds it.
    ``source`` says how: ``str``, ``message``, ``class-name``, ``traceback``."""

    scope: int
    region: int
    source: str
    whole: bool = True
    """Nothing else is in the text."""
    tag: str = "caught-text"


class CaughtType(NamedTuple):
    """``type(e)`` or ``e.__class__`` of a caught exception."""

    scope: int
    region: int
    tag: str = "caught-type"


Value = (
    Unknown
    | Foreign
    | Module
    | Package
    | External
    | Function
    | Class
    | Instance
    | Super
    | Made
    | Member
    | Client
    | Endpoint
    | Guess
    | String
    | Hidden
    | Plain
    | Items
    | Generator
    | Caught
    | CaughtText
    | CaughtType
    | Layered
)
Values = frozenset[Value]

UNKNOWN = Unknown()
FOREIGN = Foreign()
NOTHING: Values = frozenset()
SOMETHING_UNKNOWN: Values = frozenset([UNKNOWN])
