"""How a request can be put under backoff: what to wrap, and how the SDK's own retries are turned off below.

The answers hold for the text as it is: nothing is changed here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from oailint import facts, knowledge
from oailint.facts import Expr, Span
from oailint.findings import BackOff, Confidence, Location, Safety
from oailint.project.bound import Declined
from oailint.project.clients import Clients
from oailint.project.graph import Graph
from oailint.project.holders import Holders
from oailint.project.model import Remedy, Request
from oailint.project.program import Site
from oailint.project.requests import Sent
from oailint.project.state import Send
from oailint.project.values import Client, Endpoint, External, Guess, Instance, Unknown

NOT_WRAPPED = {
    "stream": "its request is sent when the stream is entered, so wrapping the call would retry nothing",
    "poll": "wrapping it would repeat the creation each time that polling fails",
    "page": "it gives a paginator, which sends further requests while it is read",
    "connect": "it opens a websocket, whose errors are not the SDK's",
}
"""Why calls of a behaviour (``knowledge.Method``) are never wrapped."""
KEPT_RESOURCE = "the client is not written where the method is, and is used for other things too"
STREAMING = "with_streaming_response"


class _Target(Struct, frozen=True):
    """The expression to wrap. ``depth`` attributes lead from ``client`` to it; -1 if the client's expression is not in
    it."""

    location: Location
    depth: int
    client: Expr
    scope: int
    region: int


class _Shared(Struct, frozen=True):
    """The requests through one client: the ``targets`` of those that can be wrapped; whether these are all; and whether
    the project's own code retries the rest."""

    targets: tuple[Location, ...]
    is_complete: bool
    rest_is_handled: bool


class Remedies:
    """Finds for every request how it can be put under backoff."""

    def __init__(self, graph: Graph, clients: Clients) -> None:
        self.graph = graph
        self.program = graph.program
        self.clients = clients
        self.holders = Holders(graph)
        self.sdk = knowledge.sdk()
        self._nodes: dict[int, dict[Span, tuple[facts.Attribute, int, int]]] = {}

    def find(self, sent: Sequence[Sent]) -> list[Request]:
        """The requests of ``sent``, in order, each with its remedy or the reason why it has none."""
        self._users = Counter(origin for one in sent for origin in origins_of(one))
        found: dict[int, Remedy] = {}
        reasons: dict[int, str] = {}
        for number, one in enumerate(sent):
            try:
                found[number] = self._remedy(one)
            except Declined as reason:
                reasons[number] = str(reason)
        shared = self._shared(sent, found)
        out = []
        for number, one in enumerate(sent):
            remedy = found.get(number)
            if remedy is not None and number in shared:
                try:
                    remedy = self._with_others(remedy, shared[number])
                except Declined as reason:
                    remedy, reasons[number] = None, str(reason)
            out.append(replace(one.request, remedy=remedy, unfixable=reasons.get(number, "")))
        return out

    # --- one request --------------------------------------------------------------------------

    def _remedy(self, one: Sent) -> Remedy:
        request = one.request
        self._decline_by_kind(request)
        if request.retry == "handled":
            raise Declined("the project's own code retries it already")
        target = self._target(one)
        endpoints = [send.target for send in one.sends if isinstance(send.target, Endpoint)]
        guessed = len(endpoints) < len(one.sends)
        if any(endpoint.client.wrapped for endpoint in endpoints):
            raise Declined("a library has given the client methods of its own")
        if len({self.clients.asynchronous(endpoint.client) for endpoint in endpoints}) > 1:
            raise Declined("a synchronous and an asynchronous client come here")
        quiet, constructor = self._quiet(request, endpoints, target)
        safe = quiet != "options" or (not guessed and self._proven(endpoints, target))
        if request.partly or guessed or request.confidence is Confidence.LOW:
            safe = False
        plan = BackOff(
            target.location,
            target.depth,
            request.asynchronous,
            "v0" if request.sdk == "v0" else "v1",
            quiet,
            constructor,
        )
        return Remedy(plan, Safety.SAFE if safe else Safety.UNSAFE, self._opens_stream(one))

    def _decline_by_kind(self, request: Request) -> None:
        if request.sdk == "http":
            raise Declined("it is no call of the SDK")
        if request.sdk == "custom":
            raise Declined("it is a function that the configuration names, not a call of the SDK")
        if request.retired:
            raise Declined("the endpoint is gone, so no retry can help")
        if request.behaviour in NOT_WRAPPED:
            raise Declined(NOT_WRAPPED[request.behaviour])

    def _opens_stream(self, one: Sent) -> bool:
        return any(
            argument.keyword == "stream" and argument.value == facts.Constant("True")
            for send in one.sends
            for argument in self.program.sites[send.site].call.arguments
        )

    # --- what to wrap -------------------------------------------------------------------------

    def _target(self, one: Sent) -> _Target:
        origins = origins_of(one)
        if len(origins) != 1:
            raise Declined("its method comes from several places")
        file, span = origins[0]
        found = self._attributes(file).get(span) if file >= 0 else None
        if found is None:
            raise Declined("its method is not written as an attribute")
        node, scope, region = found
        if not self.holders.in_place(file, node) and not (
            self.holders.kept(file, node) and self._users[origins[0]] == 1
        ):
            raise Declined("its method is kept in a variable that is used elsewhere too")
        path = next(send.target.path for send in one.sends if send.target is not None)
        depth, client = self._client_part(node, path)
        return _Target(Location(self.program.paths[file], span), depth, client, scope, region)

    def _client_part(self, node: facts.Attribute, path: str) -> tuple[int, Expr]:
        """How many attributes lead to the method, and what they start from; -1 where the path is written only in part,
        as a resource is kept (``chat = client.chat``)."""
        wanted = path.split(".")
        depth = 0
        inner: Expr = node
        while isinstance(inner, facts.Attribute):
            if inner.name == STREAMING:
                raise Declined("its response is read inside a `with`, which a retry around the call does not cover")
            if wanted and wanted[-1] == inner.name:
                wanted.pop()
            elif inner.name not in self.sdk.transparent:
                break
            depth += 1
            inner = inner.value
        return (-1 if wanted else depth), inner

    def _attributes(self, file: int) -> dict[Span, tuple[facts.Attribute, int, int]]:
        """The attributes that are written in a file, each with its scope and region, by place."""
        if file not in self._nodes:
            self._nodes[file] = {
                node.span: (node, scope, region)
                for node, scope, region in self.holders.expressions(file)
                if isinstance(node, facts.Attribute)
            }
        return self._nodes[file]

    # --- the SDK's own retries ----------------------------------------------------------------

    def _quiet(self, request: Request, endpoints: list[Endpoint], target: _Target) -> tuple[str, Location | None]:
        if request.sdk == "v0":
            return "already", None
        made = self._constructor(endpoints, target)
        constructor = made[1] if made is not None else None
        clients = {endpoint.client for endpoint in endpoints}
        if clients and all(self.clients.retries(client).off for client in clients):
            return "already", constructor
        if clients and all(client.name == "openai" and client.site < 0 for client in clients):
            return "module", None
        if made is not None and len(clients) == 1 and self.holders.stays(next(iter(clients)), made[0]):
            return "constructor", constructor
        if target.depth < 0:
            raise Declined(KEPT_RESOURCE)
        if any(client.name == "openai" for client in clients):
            raise Declined("the client may also be the module `openai`, which has no `with_options`")
        if any(client.name not in self.sdk.clients for client in clients):
            raise Declined("the client is of a class of the project's own, which may have no `with_options`")
        return "options", constructor

    def _constructor(self, endpoints: list[Endpoint], target: _Target) -> tuple[Site, Location] | None:
        """The one call that makes the client, if it is in the same file and its class is exactly one of the SDK's."""
        sites = {endpoint.client.site for endpoint in endpoints}
        if len(sites) != 1 or -1 in sites or any(endpoint.client.options >= 0 for endpoint in endpoints):
            return None
        site = self.program.sites[next(iter(sites))]
        names = {value.name for value in self.graph.callees(site.id) if isinstance(value, External)}
        path = self.program.path_of(site.scope)
        if path != target.location.path or not names or not names <= set(self.sdk.clients):
            return None
        return site, Location(path, site.span)

    def _proven(self, endpoints: list[Endpoint], target: _Target) -> bool:
        """Whether what ``with_options`` is called on is an SDK client and nothing else."""
        if not all(endpoint.client.name in self.sdk.clients for endpoint in endpoints):
            return False
        values = self.graph.linker.evaluate(target.client, target.scope, target.region)
        if any(isinstance(value, (Instance, Unknown, Guess)) for value in values):
            return False
        return not self._is_bare_parameter(target) and not self.holders.replaced_in_tests(target.client)

    def _is_bare_parameter(self, target: _Target) -> bool:
        """Whether the client is a parameter that no annotation speaks of."""
        if not isinstance(target.client, facts.Name):
            return False
        found = self.graph.linker.expressions.parameter(target.scope, target.client.id)
        return found is not None and found.annotation is None

    # --- several requests ---------------------------------------------------------------------

    def _shared(self, sent: Sequence[Sent], found: dict[int, Remedy]) -> dict[int, _Shared]:
        """For each request whose client (or module) is made quiet for all: the requests that share it."""
        users: dict[tuple[str, int], set[int]] = defaultdict(set)
        for number, one in enumerate(sent):
            for client in clients_of(one.sends):
                users[client.name, client.site].add(number)
        out: dict[int, _Shared] = {}
        for number, remedy in found.items():
            if remedy.plan.quiet in ("constructor", "module"):
                keys = {(client.name, client.site) for client in clients_of(sent[number].sends)}
                together = set().union(*(users[key] for key in keys))
                wrapped = together & set(found)
                out[number] = _Shared(
                    tuple(sorted({found[one].plan.target for one in wrapped})),
                    together == wrapped,
                    all(sent[one].request.retry == "handled" for one in together - wrapped),
                )
        return out

    def _with_others(self, remedy: Remedy, shared: _Shared) -> Remedy:
        """A remedy that makes a client quiet, as it holds beside the other requests through it. Raises Declined."""
        plan = replace(remedy.plan, others=shared.targets)
        if shared.is_complete:
            return replace(remedy, plan=plan)
        if plan.quiet == "module":
            # What would leave other requests with no retries at all is for a person to decide.
            return replace(remedy, plan=plan, safety=Safety.UNSAFE if shared.rest_is_handled else Safety.DISPLAY)
        if plan.depth < 0:
            raise Declined(KEPT_RESOURCE)
        return replace(remedy, plan=replace(plan, quiet="options", others=()))


def origins_of(one: Sent) -> list[tuple[int, Span]]:
    return sorted({send.target.origin for send in one.sends if send.target is not None})


def clients_of(sends: Iterable[Send]) -> Iterator[Client]:
    for send in sends:
        if isinstance(send.target, Endpoint):
            yield send.target.client


__all__ = ["Remedies"]
