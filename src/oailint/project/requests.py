"""Which calls send OpenAI requests: through the SDK, through the 0.x module, by raw HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from oailint import facts, knowledge
from oailint.facts import Span
from oailint.findings import Confidence, Location
from oailint.project import strings
from oailint.project.clients import Clients, mappings
from oailint.project.graph import Graph
from oailint.project.model import Request
from oailint.project.program import Site
from oailint.project.state import Send
from oailint.project.values import Endpoint, External, Guess, Hidden, Items, String

CLIENT_NAME = re.compile(
    r"openai|oai|gpt|chatgpt|azure|(^|[._])(a|async_?|sync_?)?client(s)?$|llm|deepseek|qwen|vllm", re.IGNORECASE
)
OTHER_VENDOR_NAME = re.compile(
    r"groq|anthropic|claude|together|zhipu|cohere|mistral|ollama|gemini|dashscope|hugging|inference_?client|fireworks|cerebras|litellm"
    r"|replicate|bedrock|watsonx|mock",
    re.IGNORECASE,
)


CHAT_PATH = re.compile(r"/chat/completions/?(\?|$)")
AZURE_PATH = re.compile(r"(^|[/}])openai/")
"""A path below which Azure serves OpenAI's endpoints, if the key is sent in Azure's header."""


class Sent(Struct):
    """A request with the places that send it."""

    request: Request
    sends: list[Send] = field(default_factory=list)


class Requests:
    """Finds the requests of a linked program."""

    def __init__(self, graph: Graph, clients: Clients) -> None:
        self.graph = graph
        self.program = graph.program
        self.state = graph.state
        self.clients = clients
        self.sdk = knowledge.sdk()
        self.http = knowledge.http()
        self.uses_openai = self._files_with_openai()
        self.notes: list[tuple[Location, str]] = []
        self.http_sites: set[int] = set()
        """The sites of raw HTTP requests to OpenAI."""

    def find(self) -> list[Sent]:
        """All requests, by file and place."""
        found: dict[tuple[int, Span], Sent] = {}
        for site in self.program.sites:
            for send in self.graph.sends_from(site.id):
                self._add(found, send)
        for number in sorted(self.state.http):
            sent = self._http(self.program.sites[number])
            if sent is not None:
                self.http_sites.add(number)
                found.setdefault(self._place(self.program.sites[number]), sent)
        for number in self._custom():
            site = self.program.sites[number]
            found.setdefault(self._place(site), self._custom_request(site))
        ordered = [found[key] for key in sorted(found)]
        for number, sent in enumerate(ordered):
            sent.request = _renumber(sent.request, number)
        return ordered

    def _place(self, site: Site) -> tuple[int, Span]:
        return self.program.scopes[site.scope].file, site.span

    def _location(self, place: tuple[int, Span]) -> Location:
        return Location(self.program.paths[place[0]], place[1])

    # --- SDK ----------------------------------------------------------------------------------

    def _add(self, found: dict[tuple[int, Span], Sent], send: Send) -> None:
        target = send.target
        if target is None:
            return
        place, written = self._origin(send)
        if isinstance(target, Guess):
            confidence, evidence = self._judge_guess(target, self.program.sites[send.site])
            if confidence is None:
                self.notes.append((self._location(place), f"`{written}` is not taken for a request: {evidence}"))
                return
            method = self.sdk.methods.get(target.path, knowledge.Method())
            sdk, asynchronous = "v1", self.program.sites[send.site].awaited
        else:
            endpoint = target
            legacy = endpoint.client.name == "openai" and endpoint.path in self.sdk.legacy
            table = self.sdk.legacy if legacy else self.sdk.methods
            method = table[endpoint.path]
            sdk = "v0" if legacy else "v1"
            asynchronous = self.clients.asynchronous(endpoint.client) or (
                legacy and endpoint.path.rpartition(".")[2].startswith("a")
            )
            confidence, evidence = Confidence.HIGH, f"client is {endpoint.client.name}"
            if send.via == "passed":
                confidence = Confidence.MEDIUM
        if place not in found:
            request = Request(
                0, self._location(place), target.path, written, sdk, method.behaviour, method.retired, asynchronous,
                confidence, evidence,
            )  # fmt: skip
            found[place] = Sent(request)
        found[place].sends.append(send)

    def is_coroutine(self, endpoint: Endpoint) -> bool:
        """Whether the async client's bound method is a coroutine function."""
        table = self.sdk.legacy if endpoint.path in self.sdk.legacy else self.sdk.methods
        return table[endpoint.path].coroutine if endpoint.path in table else True

    def _origin(self, send: Send) -> tuple[tuple[int, Span], str]:
        """Where a request is reported: at the call, or at the call that its method is passed to; for an alias,
        where it is called."""
        assert send.target is not None
        site = self.program.sites[send.site]
        holder = self._holder(send.target.origin)
        if holder is None:
            return self._place(site), strings.source(site.call.func)
        return self._place(holder), self._written(holder, send)

    def _written(self, holder: Site, send: Send) -> str:
        func = holder.call.func
        assert send.target is not None
        if isinstance(func, facts.Attribute) and func.span == send.target.origin[1]:
            return strings.source(func)
        for argument in holder.call.arguments:
            if isinstance(argument.value, facts.Attribute) and argument.value.span == send.target.origin[1]:
                return strings.source(argument.value)
        return send.target.path

    def _holder(self, origin: tuple[int, Span]) -> Site | None:
        """The call whose callee or direct argument is the attribute path at ``origin``."""
        return self._holders().get(origin)

    def _holders(self) -> dict[tuple[int, Span], Site]:
        if not hasattr(self, "_by_origin"):
            index: dict[tuple[int, Span], Site] = {}
            for site in self.program.sites:
                if site.decorates >= 0:
                    continue
                file = self.program.scopes[site.scope].file
                for node in (site.call.func, *(argument.value for argument in site.call.arguments)):
                    if isinstance(node, facts.Attribute):
                        index.setdefault((file, node.span), site)
            self._by_origin = index
        return self._by_origin

    # --- guesses ------------------------------------------------------------------------------

    def _files_with_openai(self) -> set[int]:
        """The files that import the SDK."""
        found: set[int] = set()
        for info in self.program.scopes:
            for statement in info.facts.statements:
                if isinstance(statement, facts.Import) and not statement.level:
                    if statement.module.partition(".")[0] == "openai" or statement.module in self.sdk.modules:
                        found.add(info.file)
        return found

    def _vendor_files(self) -> set[int]:
        if not hasattr(self, "_vendors"):
            self._vendors: set[int] = set()
            for info in self.program.scopes:
                for statement in info.facts.statements:
                    if (
                        isinstance(statement, facts.Import)
                        and not statement.level
                        and statement.module.startswith(self.sdk.vendors)
                    ):
                        self._vendors.add(info.file)
        return self._vendors

    def _judge_guess(self, guess: Guess, site: Site) -> tuple[Confidence | None, str]:
        file = self.program.scopes[site.scope].file
        if OTHER_VENDOR_NAME.search(guess.receiver):
            return None, "the receiver is named after another vendor"
        if file in self.uses_openai:
            return Confidence.MEDIUM, "the file imports openai"
        if file in self._vendor_files():
            return None, "the file imports another vendor's client"
        if self.state.uses_openai and CLIENT_NAME.search(guess.receiver):
            return Confidence.LOW, "the project imports openai and the receiver is named like a client"
        if "openai" in guess.receiver.lower():
            return Confidence.LOW, "the receiver is named after OpenAI"
        return None, "its client is unknown and nothing near it speaks of OpenAI"

    # --- raw HTTP -----------------------------------------------------------------------------

    def _http(self, site: Site) -> Sent | None:
        urls = sorted(value.text for value in self.state.http[site.id] if isinstance(value, String))
        if OTHER_VENDOR_NAME.search(self.program.qualified(site.scope)):
            return None
        for url in urls:
            confidence = self._openai_url(url)
            if confidence is not None and (confidence is not Confidence.HIGH or self._openai_path(url)):
                return self._http_request(site, url, confidence)
        for url in urls:
            if AZURE_PATH.search(url) and self._has_header(site, "api-key"):
                return self._http_request(site, url, Confidence.HIGH)
        if any(self._other_host(url) for url in urls):
            return None
        for url in urls:
            if CHAT_PATH.search(url) and self._bearer(site):
                return self._http_request(site, url, Confidence.LOW)
        return None

    def _other_host(self, url: str) -> bool:
        """Whether a URL names a host in full, which is then not OpenAI's."""
        found = re.match(r"[a-z]+://([^/{}]+)(/|$)", url)
        return found is not None and self._openai_url(url) is None

    def _openai_url(self, url: str) -> Confidence | None:
        host = re.sub(r"^[a-z]+://", "", url).partition("/")[0].partition(":")[0].lower()
        for known in self.http.hosts:
            if host == known or (known.startswith(".") and host.endswith(known)):
                return Confidence.HIGH
        path = re.sub(r"^[a-z]+://[^/]*", "", url)
        if strings.HOLE in host or "://" not in url:
            return Confidence.HIGH if "openai/deployments/" in url else None
        return Confidence.HIGH if path.startswith("/openai/deployments/") else None

    def _openai_path(self, url: str) -> bool:
        """Whether the path is an OpenAI endpoint's, as far as it is known."""
        path = re.sub(r"^[a-z]+://[^/]*", "", url).partition("?")[0]
        below = [path.partition(known)[2].strip("/") for known in self.http.last if known in path]
        if any(rest and not rest.startswith(strings.HOLE) for rest in below):
            return False
        return (
            any(known in path for known in self.http.paths)
            or path.rstrip("/").removesuffix("/v1") in ("", strings.HOLE)
            or (strings.HOLE in path)
        )

    def _has_header(self, site: Site, name: str) -> bool:
        for argument in site.call.arguments:
            if argument.keyword == "headers":
                for mapping in mappings(self.graph.linker, argument.value, site.scope):
                    if any(isinstance(key, facts.Text) and key.value.lower() == name for key in mapping.keys):
                        return True
        return False

    def _bearer(self, site: Site) -> bool:
        return any("Bearer" in text for text in self._header_texts(site))

    def _header_texts(self, site: Site) -> Iterator[str]:
        for argument in site.call.arguments:
            if argument.keyword == "headers":
                for value in self.graph.linker.evaluate(argument.value, site.scope, site.region):
                    if isinstance(value, Items):
                        for inner in self.state.contents(value):
                            if isinstance(inner, String):
                                yield inner.text
                            elif isinstance(inner, Hidden):
                                yield "Bearer"

    def _http_request(self, site: Site, url: str, confidence: Confidence) -> Sent:
        func = strings.source(site.call.func)
        path = re.sub(r"^[a-z]+://[^/]*", "", url).partition("?")[0] or "/"
        names = [value.name for value in self.graph.callees(site.id) if isinstance(value, External)]
        library = names[0] if names else func
        method = f"{func.rpartition('.')[2].upper()} {path}"
        request = Request(
            0, self._location(self._place(site)), method, func, "http", "send", False,
            site.awaited or library.startswith("aiohttp"), confidence, "the URL is OpenAI's",
        )  # fmt: skip
        return Sent(request, [Send(site.id, None, "call", (), None)])

    # --- the user's own -----------------------------------------------------------------------

    def _custom(self) -> Iterator[int]:
        """Sites that call a function which the ``requests`` setting names."""
        wanted = set(self.state.config.requests)
        if not wanted:
            return
        scopes = self.program.named(wanted)
        for site in self.program.sites:
            if any(edge.callee in scopes for edge in self.graph.edges_from(site.id)) or any(
                isinstance(value, External) and value.name in wanted for value in self.graph.callees(site.id)
            ):
                yield site.id

    def _custom_request(self, site: Site) -> Sent:
        func = strings.source(site.call.func)
        request = Request(
            0, self._location(self._place(site)), func, func, "custom", "send", False, site.awaited, Confidence.HIGH,
            "the `requests` setting names it",
        )  # fmt: skip
        return Sent(request, [Send(site.id, None, "call", (), None)])


def _renumber(request: Request, number: int) -> Request:
    return replace(request, id=number)
