"""The vocabulary of facts: what is written in one file, as frozen values.

Facts have no behaviour and no opinion. They are a condensed program: scopes that hold
statements, statements that hold expressions, and regions that say inside which loop, branch,
``try``, handler or ``with`` a statement stands. What any of it *means* is decided in
``oailint.project``; nothing here knows about OpenAI or about a rule.

Positions: lines and columns start at 1, columns count characters, an end is exclusive.
Indexes: a scope is named by its index in ``FileFacts.scopes`` (0 is the module); a region by its
index in ``Scope.regions`` (0 is the scope's own body).

Values like these form no cycles, so the garbage collector need not know of them (``gc=False``).
"""

from __future__ import annotations

import msgspec

FACTS_VERSION = 5
"""Raised whenever a fact changes its shape or its meaning; part of every cache key."""


class Span(msgspec.Struct, frozen=True, array_like=True, gc=False, order=True):
    """A range of source text."""

    line: int
    column: int
    end_line: int
    end_column: int


# --- literals -------------------------------------------------------------------------------


class Text(msgspec.Struct, frozen=True, array_like=True, tag="text", gc=False):
    """A string literal that is safe to keep: short, and nothing in it looks like a secret.

    ``bytes`` literals that are ASCII are kept the same way.
    """

    value: str
    span: Span


class Masked(msgspec.Struct, frozen=True, array_like=True, tag="masked", gc=False):
    """A string literal of which only its shape is kept.

    ``shape`` names an entry of the key-shape table (such as ``openai-project``), or is one of
    ``hex`` (hexadecimal digits only), ``opaque`` (looks random), ``prose`` (long text),
    ``plain`` (harmless text in a place that is named like a secret).
    ``prefix`` is the public beginning of a known shape (``sk-proj-``), else empty.
    ``placeholder`` says that the value is a stand-in (``your-key-here``, ``xxx``, ``EMPTY``).
    ``alone``: nothing stands beside the secret but ``lead``, which is empty or what leads a header (``"Bearer "``).
    """

    shape: str
    length: int
    prefix: str
    placeholder: bool
    span: Span
    lead: str = ""
    alone: bool = True


class Number(msgspec.Struct, frozen=True, array_like=True, tag="number", gc=False):
    value: int | float


class Constant(msgspec.Struct, frozen=True, array_like=True, tag="constant", gc=False):
    """``True``, ``False``, ``None`` or ``...``, by its source text."""

    name: str


# --- expressions ----------------------------------------------------------------------------


class Name(msgspec.Struct, frozen=True, array_like=True, tag="name", gc=False):
    id: str


class Attribute(msgspec.Struct, frozen=True, array_like=True, tag="attribute", gc=False):
    value: Expr
    name: str
    span: Span


class Argument(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One argument of a call. ``star`` is 0, 1 for ``*value``, 2 for ``**value``."""

    value: Expr
    keyword: str = ""
    star: int = 0


class Call(msgspec.Struct, frozen=True, array_like=True, tag="call", gc=False):
    func: Expr
    arguments: tuple[Argument, ...]
    span: Span


class Sequence(msgspec.Struct, frozen=True, array_like=True, tag="sequence", gc=False):
    """A list, tuple or set display; ``kind`` says which. A starred item is a ``Starred``."""

    kind: str
    items: tuple[Expr, ...]


class Starred(msgspec.Struct, frozen=True, array_like=True, tag="starred", gc=False):
    value: Expr


class Mapping(msgspec.Struct, frozen=True, array_like=True, tag="mapping", gc=False):
    """A dict display. A ``**value`` entry has no key."""

    keys: tuple[Expr | None, ...]
    values: tuple[Expr, ...]


class Format(msgspec.Struct, frozen=True, array_like=True, tag="format", gc=False):
    """An f-string, or strings put side by side of which one is an f-string: its parts in order."""

    parts: tuple[Expr, ...]
    span: Span


class Operation(msgspec.Struct, frozen=True, array_like=True, tag="operation", gc=False):
    """``+`` ``-`` ``%`` ``|`` ... with two operands, ``not`` and unary ``-`` with one, ``and``/``or`` with two."""

    operator: str
    operands: tuple[Expr, ...]
    span: Span


class Comparison(msgspec.Struct, frozen=True, array_like=True, tag="comparison", gc=False):
    """``left op right``; a chain ``a < b < c`` has several operators and ``operands`` one more."""

    operators: tuple[str, ...]
    operands: tuple[Expr, ...]
    span: Span


class Subscript(msgspec.Struct, frozen=True, array_like=True, tag="subscript", gc=False):
    """``value[index]``"""

    value: Expr
    index: Expr
    span: Span


class Slice(msgspec.Struct, frozen=True, array_like=True, tag="slice", gc=False):
    """``lower:upper:step``, the index of a ``Subscript`` (or one of several, in an ``Other``)."""

    lower: Expr | None
    upper: Expr | None
    step: Expr | None


class Conditional(msgspec.Struct, frozen=True, array_like=True, tag="conditional", gc=False):
    """``body if test else orelse``"""

    test: Expr
    body: Expr
    orelse: Expr


class Lambda(msgspec.Struct, frozen=True, array_like=True, tag="lambda", gc=False):
    """A lambda; its scope holds one ``Return`` statement."""

    scope: int


class Comprehension(msgspec.Struct, frozen=True, array_like=True, tag="comprehension", gc=False):
    """``kind`` is list, set, dict or generator. ``elements`` (two for a dict) run inside ``region``,
    the innermost of the comprehension's ``For`` regions (its ``if`` conditions are in the regions)."""

    kind: str
    elements: tuple[Expr, ...]
    region: int
    span: Span


class Await(msgspec.Struct, frozen=True, array_like=True, tag="await", gc=False):
    value: Expr


class Yield(msgspec.Struct, frozen=True, array_like=True, tag="yield", gc=False):
    """``yield`` and ``yield from`` (``delegates``)."""

    value: Expr | None
    delegates: bool


class Named(msgspec.Struct, frozen=True, array_like=True, tag="named", gc=False):
    """``name := value``"""

    name: str
    value: Expr


class Other(msgspec.Struct, frozen=True, array_like=True, tag="other", gc=False):
    """Anything else, kept for what stands inside it (a match pattern's values, several indexes)."""

    children: tuple[Expr, ...]


Expr = (
    Text
    | Masked
    | Number
    | Constant
    | Name
    | Attribute
    | Call
    | Sequence
    | Starred
    | Mapping
    | Format
    | Operation
    | Comparison
    | Subscript
    | Slice
    | Conditional
    | Lambda
    | Comprehension
    | Await
    | Yield
    | Named
    | Other
)


# --- statements -----------------------------------------------------------------------------


class Assign(msgspec.Struct, frozen=True, array_like=True, tag="assign", gc=False):
    """``a = b = value`` (one target each), ``a: T = value`` and ``a: T`` (no value), ``a += value`` (``operator`` is
    ``+``).

    A tuple target is a ``Sequence``. ``del a`` is not an assignment.
    """

    targets: tuple[Expr, ...]
    value: Expr | None
    annotation: Expr | None
    operator: str
    region: int
    span: Span


class Evaluate(msgspec.Struct, frozen=True, array_like=True, tag="evaluate", gc=False):
    """An expression statement; also ``assert`` (its test and message) and ``del`` (its targets), as ``Other``."""

    value: Expr
    region: int
    span: Span


class Return(msgspec.Struct, frozen=True, array_like=True, tag="return", gc=False):
    value: Expr | None
    region: int
    span: Span


class Raise(msgspec.Struct, frozen=True, array_like=True, tag="raise", gc=False):
    value: Expr | None
    cause: Expr | None
    region: int
    span: Span


class Jump(msgspec.Struct, frozen=True, array_like=True, tag="jump", gc=False):
    """``break``, ``continue`` or ``pass``, by ``kind``."""

    kind: str
    region: int
    span: Span


class Import(msgspec.Struct, frozen=True, array_like=True, tag="import", gc=False):
    """``import a.b as c`` (``name`` empty), ``from ..a import b as c``, ``from a import *``.

    ``level`` counts the leading dots. ``alias`` is the ``as`` name or empty. One fact per imported name.
    """

    module: str
    name: str
    alias: str
    level: int
    region: int
    span: Span


class Define(msgspec.Struct, frozen=True, array_like=True, tag="define", gc=False):
    """A ``def`` or ``class`` statement: binds the scope's name. Its ``span`` is that of the scope's header."""

    scope: int
    region: int
    span: Span


Statement = Assign | Evaluate | Return | Raise | Jump | Import | Define


# --- regions --------------------------------------------------------------------------------
# ``parent`` is the region that the construct stands in; ``span`` is the header line
# (``for x in y:``) or, in a comprehension, the ``for x in y`` clause.


class Body(msgspec.Struct, frozen=True, array_like=True, tag="body", gc=False):
    """Region 0 of every scope. ``parent`` is -1."""

    parent: int
    span: Span


class For(msgspec.Struct, frozen=True, array_like=True, tag="for", gc=False):
    """A ``for`` statement's body, or one ``for`` clause of a comprehension with its ``conditions``.

    ``iterable`` is evaluated in ``parent``, conditions inside.
    """

    parent: int
    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...]
    is_async: bool
    is_comprehension: bool
    span: Span


class While(msgspec.Struct, frozen=True, array_like=True, tag="while", gc=False):
    """``test`` is evaluated inside, at every turn."""

    parent: int
    test: Expr
    span: Span


class LoopElse(msgspec.Struct, frozen=True, array_like=True, tag="loop-else", gc=False):
    parent: int
    loop: int
    span: Span


class Branch(msgspec.Struct, frozen=True, array_like=True, tag="branch", gc=False):
    """The body of an ``if``/``elif`` (``positive``) or of its ``else``. ``test`` is evaluated in ``parent``.

    An ``elif`` is a ``Branch`` inside the negative ``Branch`` of the test before it.
    """

    parent: int
    test: Expr
    positive: bool
    span: Span


class Case(msgspec.Struct, frozen=True, array_like=True, tag="case", gc=False):
    """One ``case`` of a ``match``; ``patterns`` holds the values and classes that the pattern names."""

    parent: int
    subject: Expr
    patterns: tuple[Expr, ...]
    guard: Expr | None
    span: Span


class Try(msgspec.Struct, frozen=True, array_like=True, tag="try", gc=False):
    """The body of a ``try``. Its handlers, ``else`` and ``finally`` are regions of their own that name it."""

    parent: int
    span: Span


class Handler(msgspec.Struct, frozen=True, array_like=True, tag="handler", gc=False):
    """``except types as name``. ``types`` is None for a bare ``except``. ``group`` for ``except*``."""

    parent: int
    attempt: int
    types: Expr | None
    name: str
    group: bool
    span: Span


class TryElse(msgspec.Struct, frozen=True, array_like=True, tag="try-else", gc=False):
    parent: int
    attempt: int
    span: Span


class Finally(msgspec.Struct, frozen=True, array_like=True, tag="finally", gc=False):
    parent: int
    attempt: int
    span: Span


class With(msgspec.Struct, frozen=True, array_like=True, tag="with", gc=False):
    """The body of a ``with``; ``targets`` has one entry, possibly None, for each of ``items``."""

    parent: int
    items: tuple[Expr, ...]
    targets: tuple[Expr | None, ...]
    is_async: bool
    span: Span


Region = Body | For | While | LoopElse | Branch | Case | Try | Handler | TryElse | Finally | With


# --- scopes and files -----------------------------------------------------------------------


class Parameter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """``kind`` is positional (also positional-only), keyword, args or kwargs."""

    name: str
    kind: str
    default: Expr | None
    annotation: Expr | None


class Scope(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A module, class, function or lambda.

    ``parent`` and ``parent_region`` say where it is written (-1 for the module). ``name`` is empty for a module and
    a lambda. ``bases`` are a class's base expressions and ``keywords`` its keyword arguments. ``decorators``, defaults,
    annotations and bases are evaluated in the parent. ``span`` is the header (``def f(...):`` without the decorators).
    """

    kind: str
    name: str
    parent: int
    parent_region: int
    parameters: tuple[Parameter, ...]
    decorators: tuple[Expr, ...]
    bases: tuple[Expr, ...]
    keywords: tuple[Argument, ...]
    returns: Expr | None
    is_async: bool
    is_generator: bool
    globals: tuple[str, ...]
    nonlocals: tuple[str, ...]
    regions: tuple[Region, ...]
    statements: tuple[Statement, ...]
    span: Span


class Comment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A comment that speaks to a linter (it contains ``oailint`` or ``noqa``). ``alone`` on its line.
    What looks like a secret in its text is painted over, character by character."""

    text: str
    line: int
    column: int
    alone: bool


class FileFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All facts of one file. ``extents`` are the first and last lines of statements (of a compound one: of
    its header, decorators included) that span more than one line, for suppressions."""

    scopes: tuple[Scope, ...]
    comments: tuple[Comment, ...]
    extents: tuple[tuple[int, int], ...]


PASSED_OVER = FileFacts((), (), ())
"""Stands for the facts of a file that can be read and cannot matter. (Others have at least the module's scope.)"""


class Broken(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file that has no facts. ``rejected`` if CPython rejects it too (syntax, NUL, undecodable): a finding.
    Otherwise (a guard, an unknown codec, a crash of the parser) the run has a problem with it."""

    reason: str
    line: int
    column: int
    rejected: bool
