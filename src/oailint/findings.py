"""What a run produces: findings, problems, and the plans and edits that repair them. Values only."""

from __future__ import annotations

import enum

from msgspec import Struct, field

from oailint.facts import Span


class Severity(enum.IntEnum):
    """How bad a finding is. ``str(Severity.ERROR)`` is ``"error"``; comparisons follow the badness."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


class Confidence(enum.IntEnum):
    """How sure the analysis is."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()


class Safety(enum.IntEnum):
    """Whether a fix may be applied unasked. ``DISPLAY`` is shown and never applied."""

    DISPLAY = 1
    UNSAFE = 2
    SAFE = 3

    def __str__(self) -> str:
        return self.name.lower()


class Location(Struct, frozen=True, order=True):
    """A place in a file: ``path`` as the project knows it, and a span."""

    path: str
    span: Span


class Related(Struct, frozen=True):
    """Another place that a finding speaks of, with what happens there. A header line or an expression, never a
    block."""

    location: Location
    message: str


# --- plans: what to change, as data ----------------------------------------------------------
# Paths are those of the finding. Spans of expressions leave out their own parentheses, as those of facts do.
# ``oailint.fixing`` turns plans into edits; nothing here knows how.


class BackOff(Struct, frozen=True):
    """Put a request under backoff, with the SDK's own retries off below it.

    ``target`` is the callable as it is written (``client.chat.completions.create``), called in place or passed on.
    ``depth`` says how many attributes lead from the client to the method: the client's expression is ``target`` less so
    many. ``api`` is ``v1`` or ``v0``. ``quiet`` says how the SDK's own retries are turned off below the new layer:

    - ``already``: there are none (0.x, ``max_retries=0``);
    - ``constructor``: ``max_retries=0`` in the call ``constructor``, for the client reaches nothing but wrapped
      requests;
    - ``options``: ``.with_options(max_retries=0)`` behind the client's expression;
    - ``module``: ``openai.max_retries = 0`` after the imports of the file ``target`` is in, or of the file
      ``constructor`` points into.

    ``others`` are the targets of all requests that ``constructor`` or ``module`` would make quiet, ``target`` among
    them: unless all of them are wrapped in the same run, ``options`` is used instead, and ``module`` is unsafe.
    """

    target: Location
    depth: int
    asynchronous: bool
    api: str
    quiet: str
    constructor: Location | None = None
    others: tuple[Location, ...] = ()


class SetArgument(Struct, frozen=True):
    """Give the call at ``call`` the keyword argument ``keyword=value``, in place of the present one if there is one."""

    call: Location
    keyword: str
    value: str


class DropArgument(Struct, frozen=True):
    """Take the argument ``keyword=...`` out of the call at ``call``."""

    call: Location
    keyword: str


class Substitute(Struct, frozen=True):
    """Put another expression in the place of the one at ``target``.

    ``template`` is its source, in which ``{0}``, ``{1}`` ... stand for ``names``: dotted names of other modules
    (``openai.RateLimitError``, ``os.environ``), written as the file names them and imported if it does not.
    ``parts`` are spans of the same file whose source ``{a}``, ``{b}`` ... stand for, kept as it is written.
    """

    target: Location
    template: str
    names: tuple[str, ...] = ()
    parts: tuple[Location, ...] = ()


class Replace(Struct, frozen=True):
    """Put ``content`` in the place of the text at ``target``, which is no expression (a comment, a line)."""

    target: Location
    content: str


class Limit(Struct, frozen=True):
    """Let at most ``size`` of the coroutines that the calls at ``coroutines`` make run at once.

    Each is handed to a helper that waits for a semaphore, which is made before the statement that the place ``before``
    is in. All places are in one function, which is a coroutine function.
    """

    coroutines: tuple[Location, ...]
    before: Location
    size: int


Change = BackOff | SetArgument | DropArgument | Substitute | Replace | Limit


class FixPlan(Struct, frozen=True):
    """How a finding can be repaired: all of ``changes`` or none. Unsafe unless it says otherwise.

    ``leftovers`` are assignments of a value to a name that nothing may read any more once the changes are made; each
    goes then, if so.
    """

    title: str
    changes: tuple[Change, ...]
    safety: Safety = Safety.UNSAFE
    leftovers: tuple[Location, ...] = ()


# --- edits: text for text -------------------------------------------------------------------


class Edit(Struct, frozen=True):
    """Replace the text of ``location`` by ``content``."""

    location: Location
    content: str


class Fix(Struct, frozen=True):
    """A plan as edits, ready to be shown or applied. A file that does not exist yet is edited at its beginning."""

    safety: Safety
    title: str
    edits: tuple[Edit, ...]


class Finding(Struct, frozen=True):
    """One fault at one place.

    ``subject`` is what the fault is about (the call, the text, the key's use), free of positions: it makes the
    fingerprint. ``masks`` are spans of the same file whose text no report may show.
    """

    code: str
    name: str
    family: str
    severity: Severity
    confidence: Confidence
    message: str
    location: Location
    subject: str
    related: tuple[Related, ...] = ()
    help: str = ""
    plan: FixPlan | None = None
    unfixable: str = ""
    """Why there is no plan, where a user would expect one."""
    fix: Fix | None = None
    """The plan as edits, where a run was asked for them."""
    fingerprint: str = ""
    justification: str = ""
    """The reason that the comment gives which suppresses it, if it is suppressed."""
    scope: str = ""
    """The function or class that it is in, as ``Class.method``; empty at the top of a module."""


class Problem(Struct, frozen=True):
    """Something that kept the run from doing its work on one file (or on the whole: ``path`` is then empty)."""

    path: str
    line: int
    column: int
    message: str


class Statistics(Struct):
    """Figures of a run."""

    files: int = 0
    suppressed: int = 0
    baselined: int = 0
    fixed: int = 0


class Report(Struct):
    """What a run found. ``findings`` are sorted by path and place; ``suppressed`` were silenced in the source;
    ``baselined`` are recorded in the baseline, and ``has_baseline`` says whether one was in force; ``warnings`` are
    told unless ``--quiet``; ``notes`` are what ``--verbose`` tells (files skipped, verdicts explained)."""

    findings: list[Finding] = field(default_factory=list)
    suppressed: list[Finding] = field(default_factory=list)
    baselined: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    statistics: Statistics = field(default_factory=Statistics)
    has_baseline: bool = False
