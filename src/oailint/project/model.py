"""What linking found out, as values that rules read: requests, loops, text tests, key uses. No syntax, no libcst."""

from __future__ import annotations

from msgspec import Struct

from oailint.findings import BackOff, Confidence, Location, Related, Safety


class Remedy(Struct, frozen=True):
    """How a request can be put under backoff, and whether that can change anything else.

    ``opening``: it is a stream, of which only the opening is tried again.
    """

    plan: BackOff
    safety: Safety
    opening: bool = False


class Request(Struct, frozen=True):
    """One call that sends an OpenAI request.

    ``method`` is how it is written in the SDK (``chat.completions.create``, ``ChatCompletion.create``, or an HTTP
    method
    and URL); ``written`` how it is written in the source. ``sdk`` is ``v1`` (1.x and later), ``v0`` or ``http``.
    ``behaviour`` is that of ``knowledge.Method``. ``evidence`` says why it is taken for an OpenAI request.
    """

    id: int
    location: Location
    method: str
    written: str
    sdk: str
    behaviour: str
    retired: bool
    asynchronous: bool
    confidence: Confidence
    evidence: str
    retry: str = "default"
    """``handled``, ``default`` (only the SDK's own two retries), ``none``, or ``explicit`` (``max_retries`` given)."""
    retry_off: bool = False
    """``max_retries=0`` is why nothing retries it."""
    path: tuple[Related, ...] = ()
    """The calls on the way from an entry point to it that nothing retries, outermost first."""
    partly: bool = False
    """Other paths to it are retried."""
    notes: tuple[str, ...] = ()
    in_loop: bool = False
    remedy: Remedy | None = None
    unfixable: str = ""
    """Why there is no remedy."""


class Reached(Struct, frozen=True):
    """A request that a loop reaches, with the chain of calls from the loop down to it."""

    request: Request
    chain: tuple[Related, ...]


class Pool(Struct, frozen=True):
    """The call that makes a pool of workers, and the keyword that sets their number."""

    constructor: Location
    keyword: str


class Started(Struct, frozen=True):
    """The calls of one coroutine function that make the coroutines of a fan-out.

    What is made before the statement that the place ``before`` is in is shared by all coroutines that can run at once.
    """

    coroutines: tuple[Location, ...]
    before: Location


class WorkLoop(Struct, frozen=True):
    """A loop or fan-out over work that sends requests. ``kind``: ``sequential`` or ``concurrent``.

    ``how`` says what runs the work (``for``, ``asyncio.gather``, ``executor.map``)."""

    location: Location
    kind: str
    how: str
    confidence: Confidence
    requests: tuple[Reached, ...]
    pool: Pool | None = None
    """What all the work is given to, if its size would bound it."""
    started: Started | None = None
    """What all the work is, if each part of it is a coroutine that can be made to wait."""
    unfixable: str = ""
    """Why there is neither."""


class Question(Struct, frozen=True):
    """One expression that asks the text of an exception and nothing else, so that it can be replaced as a whole.

    ``exception`` is the name of the exception there. One of ``texts`` must be in its text, or all of them, as
    ``joined`` (``or``, ``and``) says; ``negated``: or else not. ``source`` is how the text was made, ``whole``: that
    nothing else is in it. ``exact``: the text must be equal; ``anchored``: it must stand at one end. With ``class`` as
    the source, ``texts`` are classes that the exception must be of one of. A question has ``parts`` in place of texts
    if it joins others. ``before`` is an expression at its beginning that is to stay, joined in the same way.
    """

    location: Location
    exception: str
    joined: str = "or"
    negated: bool = False
    texts: tuple[str, ...] = ()
    source: str = "str"
    exact: bool = False
    whole: bool = True
    parts: tuple[Question, ...] = ()
    anchored: bool = False
    before: Location | None = None


class TextTest(Struct, frozen=True):
    """A decision on the text of an exception. ``texts`` are what it looks for (masked ones left out), lower case kept
    as written. ``source`` is how the text was made. ``handler`` is the ``except`` line."""

    location: Location
    handler: Location
    texts: tuple[str, ...]
    source: str
    sdk: str
    confidence: Confidence
    operation: str = "in"
    by_retry: bool = False
    """No handler caught it: a retry library shows it to a predicate. ``handler`` is then the call that gives the
    predicate."""
    questions: tuple[Question, ...] = ()
    only_openai: bool = False
    """No other error than one of OpenAI's can come here."""
    classes: tuple[str, ...] = ()
    """The SDK's classes that the handler catches, if it catches nothing else."""
    taken: tuple[str, ...] = ()
    """The SDK's classes that handlers before it take from it."""
    in_handler: bool = False
    """The test stands in the handler itself, not in a function that is shown the exception."""
    leftovers: tuple[Location, ...] = ()
    """Statements that hold the text in a variable, which nothing may read any more once the questions are replaced."""
    unfixable: str = ""
    """Why there are no questions that can be replaced."""


class KeyUse(Struct, frozen=True):
    """A literal in the place of a key. ``use`` says where it goes, ``shown`` is the masked literal.

    ``form`` says what is to be done with it, and is empty where nothing can be (``unfixable`` says why):

    - ``literal``: ``target`` gives way to the environment ``variable``, with ``lead`` before it;
    - ``text``: the same for the literal inside an f-string, where quotes matter;
    - ``argument``: the argument ``api_key`` of the call at ``target`` goes, as the client reads the variable by itself;
    - ``default``: the call of ``reader`` at ``target`` keeps only its first argument, ``kept``;
    - ``statement``: the statement at ``target`` goes, or is ``filled``: nothing else stands in its block, or something
      does on its line.
    """

    location: Location
    use: str
    shown: str
    shape: str
    confidence: Confidence
    form: str = ""
    variable: str = ""
    lead: str = ""
    target: Location | None = None
    reader: str = ""
    kept: Location | None = None
    filled: bool = False
    unfixable: str = ""
