"""The call graph of the linked program, indexed: who calls whom, what sends, what sleeps, what is reached."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from oailint import facts, knowledge
from oailint.project.flow import Flow, mentioned
from oailint.project.linking import Linker
from oailint.project.program import walk
from oailint.project.state import Edge, Layers, Send
from oailint.project.values import Class, External, Function, Instance, Layered, Made, Member, Unknown, Value, Values

LEAVES = frozenset(("sys.exit", "builtins.exit", "builtins.quit", "os._exit", "os.abort"))
ASKS = frozenset(
    ("builtins.input", "click.prompt", "click.confirm", "typer.prompt", "typer.confirm", "rich.prompt.Prompt.ask",
     "questionary.text", "inquirer.prompt", "getpass.getpass", "prompt_toolkit.prompt", "builtins.raw_input")
)  # fmt: skip
ASK_METHODS = frozenset(
    ("ask", "prompt", "input", "chat_input", "recv", "receive_text", "receive_json", "get_updates", "listen")
)
"""Methods that wait for a person (or for a peer that a person drives), on a receiver outside the project."""


PACING = re.compile(
    r"delay|sleep|wait|interval|pause|rate|throttl|elapsed|rpm|cooldown|limit|time|last|remaining|batch", re.IGNORECASE
)
"""Names in a condition that make a conditional sleep a throttle."""


COMMON_NAMES = frozenset(
    (
        *(name for kind in (str, list, dict, set, bytes) for name in dir(kind)),
        "call", "close", "commit", "connect", "eval", "execute", "exit", "fit", "forward", "handle", "invoke", "join",
        "load", "main", "match", "open", "post", "predict", "process", "put", "query", "read", "recv", "request",
        "result", "run", "save", "search", "send", "setup", "start", "step", "stop", "submit", "test", "train",
        "transform", "wait", "write",
    )
)  # fmt: skip
"""Method names that objects of other libraries have as well: they tell nothing of a receiver that is unknown."""


class Graph:
    """Indexes over edges and sends; answers are memoised."""

    def __init__(self, linker: Linker) -> None:
        self.linker = linker
        self.program = linker.program
        state = linker.state
        self.state = state
        self._from: dict[int, list[Edge]] = defaultdict(list)
        self._into: dict[int, list[Edge]] = defaultdict(list)
        self._sends: dict[int, list[Send]] = defaultdict(list)
        for edge in sorted(state.edges, key=lambda edge: (edge.site, edge.callee, edge.context, edge.via, edge.layers)):
            self._from[edge.site].append(edge)
            self._into[edge.callee].append(edge)
        for send in sorted(state.sends, key=lambda send: (send.site, str(send.target), send.via)):
            self._sends[send.site].append(send)
        self.guessed: set[int] = set()
        """The sites whose callee is known by the name of its method alone."""
        self.senders = {self.program.sites[number].scope for number in self._sends}
        """The scopes that send a request themselves."""
        self.throttles = knowledge.throttles()
        self._flows: dict[int, Flow] = {}
        self._callees: dict[int, Values] = {}
        self._sleepers: set[int] | None = None
        self._askers: set[int] | None = None
        self._reaching: set[int] | None = None

    def guess_receivers(self) -> None:
        """Resolve calls on unknown receivers by name: where every method of that name in the project sends requests."""
        methods: dict[str, list[int]] = defaultdict(list)
        for info in self.program.scopes:
            if info.facts.kind == "function" and self.program.scopes[info.parent].facts.kind == "class":
                methods[info.facts.name].append(info.id)
        reaching = self.reaching()
        sending = {
            name: sorted({one for scope in found for one in self._defined(scope)}, key=repr)
            for name, found in methods.items()
            if all(scope in reaching for scope in found)
        }
        for site in self.program.sites:
            func = site.call.func
            if not isinstance(func, facts.Attribute) or func.name not in sending or func.name in COMMON_NAMES:
                continue
            if func.name.startswith("__"):
                continue
            if self._from.get(site.id) or self._sends.get(site.id):
                continue
            if not any(isinstance(value, Unknown) for value in self.callees(site.id)):
                continue
            self.guessed.add(site.id)
            for function, layers in sending[func.name]:
                edge = Edge(site.id, function.scope, function.context, "call", layers, None)
                self._from[site.id].append(edge)
                self._into[function.scope].append(edge)
        self._reaching = self._sleepers = self._askers = None

    def _defined(self, scope: int) -> Iterator[tuple[Function, Layers]]:
        """What a method's name is bound to, decorators included, with the retry layers around it."""
        info = self.program.scopes[scope]
        for value in self.state.known(("name", info.parent, info.facts.name)):
            layers: list[tuple[str, int]] = []
            while isinstance(value, Layered):
                layers.append(value.layer)
                value = value.inner
            if isinstance(value, Function):
                yield value, tuple(layers)

    def edges_from(self, site: int) -> list[Edge]:
        return self._from.get(site, [])

    def edges_into(self, scope: int) -> list[Edge]:
        return self._into.get(scope, [])

    def sends_from(self, site: int) -> list[Send]:
        return self._sends.get(site, [])

    def sites_in(self, flow: Flow, region: int) -> Iterator[int]:
        """The call sites inside a region of a scope, at any depth."""
        inner = set(flow.inside(region))
        for number in self.program.scopes[flow.scope].sites:
            if self.program.sites[number].region in inner:
                yield number

    def edges_in(self, flow: Flow, region: int) -> Iterator[tuple[int, Edge]]:
        for number in self.sites_in(flow, region):
            for edge in self.edges_from(number):
                yield number, edge

    def flow(self, scope: int) -> Flow:
        if scope not in self._flows:
            self._flows[scope] = Flow(self.program, scope, lambda call, region: self._leaves(call))
        return self._flows[scope]

    def _leaves(self, call: facts.Call) -> bool:
        return any(
            isinstance(value, External) and value.name in LEAVES
            for value in self.callees(self.program.site_of[id(call)])
        )

    def callees(self, number: int) -> Values:
        """What the callee of a site can be."""
        if number not in self._callees:
            site = self.program.sites[number]
            self._callees[number] = self.linker.evaluate(site.call.func, site.scope, site.region)
        return self._callees[number]

    # --- sleeping and asking ------------------------------------------------------------------

    def throttle_of(self, value: Value) -> tuple[knowledge.ThrottleTool, int, str] | None:
        """The throttle that a callee or context manager belongs to: (tool, constructing site, method)."""
        custom = self.state.config.throttles
        if isinstance(value, External):
            tool = self.throttles.get(value.name)
            if tool is None and value.name in custom:
                tool = knowledge.ThrottleTool("limiter")
            return (tool, -1, "") if tool is not None else None
        if isinstance(value, Made):
            tool = self.throttles.get(value.name) or (
                knowledge.ThrottleTool("limiter") if value.name in custom else None
            )
            return (tool, value.site, "") if tool is not None else None
        if isinstance(value, (Function, Instance, Class)):
            named = self._is_set_to_throttle(value.scope)
            return (knowledge.ThrottleTool("limiter"), -1, "__call__") if named else None
        if isinstance(value, Member):
            found = self.throttle_of(value.owner)
            return (found[0], found[1], value.path) if found is not None else None
        return None

    def _is_set_to_throttle(self, scope: int) -> bool:
        """Whether the `throttles` setting names a function or class, or the class of a method."""
        while scope >= 0:
            if scope in self.state.throttling:
                return True
            scope = self.program.scopes[scope].parent
        return False

    def sleeps(self, number: int) -> bool:
        """Whether a call sleeps: a sleep itself, a limiter's method, or a function of the project that does."""
        for value in self.callees(number):
            found = self.throttle_of(value)
            if found is None:
                continue
            tool, _, method = found
            if tool.kind == "sleep" and self._sleeps_zero(number):
                continue
            if tool.kind == "sleep" or (
                tool.kind == "limiter" and method and (method in tool.methods or not tool.methods)
            ):
                return True
        return any(edge.via == "call" and edge.callee in self.sleepers() for edge in self.edges_from(number))

    def _sleeps_zero(self, number: int) -> bool:
        """``sleep(0)`` gives way to others and spaces nothing."""
        arguments = self.program.sites[number].call.arguments
        return bool(arguments) and arguments[0].value in (facts.Number(0), facts.Number(0.0))

    def sleepers(self) -> set[int]:
        """The functions that pause on their way, each time that they run."""
        if self._sleepers is None:
            self._sleepers = set()  # what the search meets on its own way adds nothing
            direct = {site.scope for site in self.program.sites if self.sleeps(site.id) and self._pauses(site.id)}
            self._sleepers = self._callers_of(direct, unconditional=True)
        return self._sleepers

    def _pauses(self, number: int) -> bool:
        """Whether a sleep is a pause of its function, not part of a retry or of waiting for an answer."""
        site = self.program.sites[number]
        for _, region in self.program.chain(site.scope, site.region):
            if isinstance(region, (facts.Handler, facts.For)):
                return False
            if isinstance(region, facts.While) and site.scope in self.reaching():
                return False
            if isinstance(region, facts.Branch) and not pacing_test(region.test, site.call):
                return False
        return True

    def reaching(self) -> set[int]:
        """The scopes that send a request or call one that does."""
        if self._reaching is None:
            self._reaching = set(self.senders)
            queue = sorted(self._reaching)
            for scope in queue:
                for edge in self.edges_into(scope):
                    caller = self.program.sites[edge.site].scope
                    if caller not in self._reaching:
                        self._reaching.add(caller)
                        queue.append(caller)
        return self._reaching

    def conditional(self, number: int, outer: int) -> bool:
        """Whether a call inside the region ``outer`` stands in a branch or handler there."""
        site = self.program.sites[number]
        for place, region in self.program.chain(site.scope, site.region):
            if place == outer:
                break
            if isinstance(region, (facts.Branch, facts.Case, facts.Handler)):
                return True
        return False

    def _callers_of(self, scopes: set[int], *, unconditional: bool) -> set[int]:
        """The scopes and all that call them outside of handlers (or ``unconditional``: of branches too), directly
        or not."""
        found = set(scopes)
        queue = sorted(scopes)
        for scope in queue:
            for edge in self.edges_into(scope):
                caller = self.program.sites[edge.site].scope
                if edge.via != "call" or caller in found or self._in_handler(edge.site):
                    continue
                if unconditional and self.conditional(edge.site, 0):
                    continue
                if self.program.scopes[caller].is_function:
                    found.add(caller)
                    queue.append(caller)
        return found

    def _in_handler(self, number: int) -> bool:
        site = self.program.sites[number]
        return any(isinstance(region, facts.Handler) for _, region in self.program.chain(site.scope, site.region))

    def asks(self, number: int) -> bool:
        """Whether a call waits for a person's input."""
        for value in self.callees(number):
            if isinstance(value, External) and value.name in ASKS:
                return True
            if isinstance(value, Member) and value.path.rpartition(".")[2] in ASK_METHODS:
                return True
        func = self.program.sites[number].call.func
        if isinstance(func, facts.Attribute) and func.name in ASK_METHODS and not self.edges_from(number):
            return not any(isinstance(value, External) for value in self.callees(number))
        return any(edge.via == "call" and edge.callee in self.askers() for edge in self.edges_from(number))

    def askers(self) -> set[int]:
        """The functions that wait for a person's input."""
        if self._askers is None:
            self._askers = set()
            direct = {
                site.scope for site in self.program.sites if self.asks(site.id) and not self.conditional(site.id, 0)
            }
            self._askers = self._callers_of(direct, unconditional=True)
        return self._askers


def pacing_test(test: facts.Expr, pause: facts.Call) -> bool:
    """Whether a condition is about time, rate or count, or about how long ``pause`` sleeps: the pause is a throttle."""
    slept = set().union(*(mentioned(argument.value) for argument in pause.arguments))
    if PACING.search(" ".join(mentioned(test))) or mentioned(test) & slept:
        return True
    for node, _ in walk(test):
        if isinstance(node, facts.Operation) and node.operator == "%":
            return True
        if isinstance(node, facts.Comparison) and any(isinstance(one, facts.Call) for one in node.operands):
            return True
    return False
