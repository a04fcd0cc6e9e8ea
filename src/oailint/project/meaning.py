"""The project as rules see it: ``link`` gives a ``Project``, of which they ask their questions."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from msgspec.structs import replace

from oailint.codec import broken_in
from oailint.config import Config
from oailint.facts import Broken, FileFacts
from oailint.findings import Location, Related
from oailint.project import strings
from oailint.project.clients import DEFAULT, EXPLICIT, NONE, Clients
from oailint.project.components import Parts, components
from oailint.project.errors import FROM_HTTP, FROM_SDK, Errors, Tokens
from oailint.project.exposure import Exposure, Exposures
from oailint.project.graph import Graph
from oailint.project.keys import Keys
from oailint.project.layers import Layers
from oailint.project.linking import Linker
from oailint.project.loops import Loops, mark_looping
from oailint.project.model import KeyUse, Reached, Request, TextTest, WorkLoop
from oailint.project.modules import Modules
from oailint.project.program import Program
from oailint.project.remedies import Remedies
from oailint.project.requests import Requests, Sent
from oailint.project.state import Layers as ToolLayers
from oailint.project.state import State
from oailint.project.texts import Texts
from oailint.project.throttles import Throttles
from oailint.project.transports import Transports
from oailint.project.values import Endpoint
from oailint.project.verdicts import Show, Verdicts, place

MOST_DROPPED = 10_000
"""Call sites of linked parts that may wait for the garbage collector."""
DEEPEST = 10_000
"""Frames that evaluating an expression may take: what the guard before the parser lets through needs a few thousand."""


class Project:
    """A linked project. All lists are sorted by path and place.

    ``broken`` are the files without facts, by path.
    """

    def __init__(self, broken: Mapping[str, Broken]) -> None:
        self.broken = dict(broken)
        self.requests: list[Request] = []
        self.loops: list[WorkLoop] = []
        self.tests: list[TextTest] = []
        self.keys: list[KeyUse] = []
        self._explain: list[Callable[[Show, AbstractSet[str]], Iterable[str]]] = []

    def explain(self, paths: AbstractSet[str], show: Show = str) -> list[str]:
        """Why each retry verdict on the requests in the files ``paths`` is what it is: what ``--verbose`` prints.

        ``show`` says how to write a path.
        """
        return [line for tell in self._explain for line in tell(show, paths)]


def link(
    files: Mapping[str, FileFacts | Broken], config: Config, *, explain: bool = False, parts: Parts | None = None
) -> Project:
    """Link the files of one project; keys are their paths relative to its root, with ``/``.

    ``explain`` keeps what ``Project.explain`` needs, which is much. ``parts``, of the whole project, need not be found
    out again then, and those that no file in ``files`` belongs to may be left out.
    """
    project = Project(dict(broken_in(files)))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEPEST))
    try:
        parts = parts or components(files, config.src)
        dropped = 0
        for paths in parts.paths:
            part = {path: one for path in paths if isinstance(one := files[path], FileFacts) and one.scopes}
            if not part:
                continue  # all of it was passed over
            program = Program(part)
            state = State(program, Modules(program.paths, config.src), config, uses_openai=parts.uses_openai)
            dropped += len(program.sites)
            _link_part(state, project, explain)
            if dropped > MOST_DROPPED and not explain:
                gc.collect()  # linked parts refer to themselves in circles
                dropped = 0
    finally:
        sys.setrecursionlimit(limit)
    for found in (project.requests, project.loops, project.tests, project.keys):
        found.sort(key=lambda one: one.location)
    return project


def _link_part(state: State, project: Project, explain: bool) -> None:
    linker = Linker(state)
    linker.link()
    _Deriving(linker, project).run(explain)
    if not explain:
        linker.forget()


class _Deriving:
    """Derives what rules ask for from a linked program."""

    def __init__(self, linker: Linker, project: Project) -> None:
        self.project = project
        self.program = linker.program
        self.graph = Graph(linker)
        self.graph.guess_receivers()
        self.errors = Errors(linker)
        self.layers = Layers(self.graph, self.errors)
        self.exposures = Exposures(self.graph, self.layers)
        self.clients = Clients(linker)
        self.requests = Requests(self.graph, self.clients)
        self.transports = Transports(self.graph)

    def run(self, explain: bool) -> None:
        sent = self.requests.find()
        for one in sent:
            one.request = self._judge(one)
        loops = Loops(self.graph, self.layers, Throttles(self.graph)).find(sent)
        requests = mark_looping(Remedies(self.graph, self.clients).find(sent), loops)
        by_id = {request.id: request for request in requests}
        self.project.requests += requests
        self.project.loops += [
            replace(loop, requests=tuple(Reached(by_id[r.request.id], r.chain) for r in loop.requests))
            for loop in loops
        ]
        self.project.tests += Texts(self.graph, self.errors, sent).find()
        self.project.keys += Keys(self.graph, self.requests).find()
        if explain:
            self.project._explain.append(lambda show, paths: self._notes(sent, requests, show, paths))

    def _judge(self, one: Sent) -> Request:
        """The retry verdict of a request: the worst over the clients and call paths that reach it."""
        targets = [send.target for send in one.sends if isinstance(send.target, Endpoint)]
        # Where it is seen how a client is made, an annotation that promises one says nothing more.
        made = [target for target in targets if target.client.site >= 0 or target.client.name == "openai"]
        own = [self._client_verdict(target) for target in made or targets]
        base = DEFAULT if one.request.sdk == "v1" else NONE
        off = False
        if one.request.sdk == "v1" and own:
            order = {NONE: 0, DEFAULT: 1, EXPLICIT: 2}
            base, off = min(own, key=lambda pair: order[pair[0]])
        if one.request.behaviour == "connect":
            base = NONE
        exposures = [self._exposure(one, number) for number in range(len(one.sends))]
        exposed = [exposure for exposure in exposures if not exposure.handled]
        notes = tuple(dict.fromkeys(note for exposure in exposures for note in exposure.notes))
        if one.request.sdk == "http" and all(self.transports.retries(send.site) for send in one.sends):
            return replace(one.request, retry="explicit", notes=(*notes, "retried by its transport"))
        if base == EXPLICIT:
            return replace(one.request, retry="explicit", notes=notes)
        if not exposed:
            layers = tuple(dict.fromkeys(layer.kind for exposure in exposures for layer in exposure.layers))
            return replace(one.request, retry="handled", notes=(*notes, *(f"retried by {kind}" for kind in layers)))
        worst = exposed[0]
        return replace(
            one.request, retry=base, retry_off=off, notes=notes, path=self._related(worst.path or ()),
            partly=len(exposed) < len(exposures) or bool(worst.layers),
        )  # fmt: skip

    def _client_verdict(self, target: Endpoint) -> tuple[str, bool]:
        verdict = self.clients.retries(target.client)
        return verdict.verdict, verdict.off

    def _start(self, one: Sent, number: int) -> tuple[Tokens, ToolLayers]:
        """What a request raises, and the library layers right around its method."""
        send = one.sends[number]
        tokens = FROM_SDK
        if one.request.sdk == "http":
            tokens = FROM_HTTP | self.layers.raised_for_status(send.site)
        tools = send.layers
        if (
            isinstance(send.target, Endpoint)
            and one.request.asynchronous
            and not self.requests.is_coroutine(send.target)
        ):
            # The libraries decide by the function whether to await, and these methods are plain functions.
            tools = tuple(layer for layer in tools if layer[0].endswith("Caller"))
        return tokens, tools

    def _exposure(self, one: Sent, number: int) -> Exposure:
        send = one.sends[number]
        return self.exposures.of(send.site, *self._start(one, number), send.route, send.target)

    def _related(self, path: tuple[int, ...]) -> tuple[Related, ...]:
        out = []
        for number in path[:-1]:
            site = self.program.sites[number]
            location = Location(self.program.path_of(site.scope), site.span)
            out.append(Related(location, f"`{strings.source(site.call.func)}` is called here, with no retry around it"))
        return tuple(out)

    def _notes(self, sent: list[Sent], requests: list[Request], show: Show, paths: AbstractSet[str]) -> Iterator[str]:
        for location, note in self.requests.notes:
            if location.path in paths:
                yield f"{place(location, show)}: {note}"
        verdicts = Verdicts(self.exposures, self.clients, self._start)
        for one, request in zip(sent, requests, strict=True):
            if request.location.path in paths:
                yield from verdicts.lines(one, request, show)
