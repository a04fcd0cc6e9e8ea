"""Decisions taken on the text of an exception that an OpenAI request can raise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from oailint import facts, knowledge
from oailint.facts import Expr, Span
from oailint.findings import Confidence, Location
from oailint.project import outside
from oailint.project.bound import Declined
from oailint.project.errors import FROM_HTTP, FROM_SDK, Errors, Tokens
from oailint.project.flow import Flow
from oailint.project.graph import Graph
from oailint.project.model import Question, TextTest
from oailint.project.program import children, scope_expressions, walk
from oailint.project.questions import Found, Questions, alternatives
from oailint.project.raising import Raising
from oailint.project.requests import Sent
from oailint.project.values import (
    Caught,
    CaughtText,
    External,
    Items,
    Made,
    Member,
    Plain,
    String,
    Unknown,
    Values,
)

METHODS = frozenset(("startswith", "endswith", "find", "index", "count", "rfind", "__contains__"))
PATTERNS = frozenset(
    ("re.search", "re.match", "re.fullmatch", "re.findall", "regex.search", "re.finditer", "fnmatch.fnmatch")
)
LEGACY = ("completions.create", "Completion.create", "Completion.acreate")
"""The methods of the legacy completions endpoint."""
MESSAGE_PREDICATE = "tenacity.retry_if_exception_message"
"""The predicate on a text that has a like on classes, ``retry_if_exception_type``."""
CONTAINER_METHODS = frozenset(
    ("add", "append", "appendleft", "clear", "discard", "extend", "insert", "items", "keys", "pop", "popleft", "remove",
     "setdefault", "sort", "update", "values", "join", "split", "splitlines", "strip", "format", "lower", "upper")
)  # fmt: skip
"""Methods of containers and strings, which hardly anything has that sends requests."""
PATTERN_METHODS = frozenset(("search", "match", "fullmatch", "findall"))


class Texts:
    """Finds text tests in a linked program."""

    def __init__(self, graph: Graph, errors: Errors, sent: list[Sent]) -> None:
        self.graph = graph
        self.program = graph.program
        self.linker = graph.linker
        self.errors = errors
        self.fragments = knowledge.errors().fragments
        self.raisers = knowledge.errors().raisers
        self._tokens: dict[int, set[str | int]] = defaultdict(set)
        for one in sent:
            for send in one.sends:
                self._tokens[send.site] |= FROM_HTTP if one.request.sdk == "http" else FROM_SDK
        self._sdk = {send.site: one.request.sdk for one in sent for send in one.sends}
        self.questions = Questions(graph)
        sending = frozenset(number for number, sdk in self._sdk.items() if sdk in ("v0", "v1"))
        codeless = frozenset(send.site for one in sent for send in one.sends if one.request.method in LEGACY)
        self.raising = Raising(graph, errors, sending, codeless)
        self.any_sent = bool(sent) or graph.state.uses_openai
        self._texts: dict[tuple[int, int], set[str]] = defaultdict(set)
        self._raises: dict[int, Tokens] | None = None
        self._verdicts: dict[tuple[int, int], tuple[Confidence, str] | None] = {}

    def find(self) -> list[TextTest]:
        """All tests, by place. Comparisons of one expression are one test."""
        groups: list[tuple[list[Found], Expr | None, int]] = []
        for info in self.program.scopes:
            for region, root in scope_expressions(info.facts):
                found = list(self._in_expression(root, info.id, region))
                if found:
                    groups.append((found, root, region))
            groups.extend(([found], None, 0) for found in self._cases(info.id))
        for one in (one for found, _, _ in groups for one in found):
            self._texts[(one.caught.scope, one.caught.region)].update(one.texts)
        tests = [test for found, root, region in groups for test in self._combine(found, root, region)]
        tests.extend(self._messages())
        unique: dict[Location, TextTest] = {}
        for test in sorted(tests, key=lambda test: (test.location, -test.confidence)):
            unique.setdefault(test.location, test)
        return list(unique.values())

    # --- comparisons --------------------------------------------------------------------------

    def _in_expression(self, root: Expr, scope: int, region: int) -> Iterator[Found]:
        if not children(root):
            return
        for node, place in walk(root, region):
            if isinstance(node, facts.Comparison):
                yield from self._comparison(node, scope, place)
            elif isinstance(node, facts.Call):
                yield from self._call(node, scope, place)

    def _comparison(self, node: facts.Comparison, scope: int, region: int) -> Iterator[Found]:
        operator = node.operators[0]
        if operator not in ("in", "not in", "==", "!="):
            return
        left, right = node.operands[0], node.operands[1]
        pairs = [(right, left)] if operator.endswith("in") else [(right, left), (left, right)]
        for text, sought in pairs:
            values, held = self.linker.evaluate(text, scope, region), text
            equality = operator in ("==", "!=")
            if operator.endswith("in") and any(isinstance(value, Items) for value in values):
                # `str(e) in MESSAGES`: the text is on the left
                values, sought, held = self.linker.evaluate(left, scope, region), right, left
                equality = True
            for caught in self._caught(values, scope, region):
                if equality and not caught.whole:
                    continue  # a text with other words around it equals nothing
                if self._mixed(text, values, caught, scope, region):
                    continue
                texts = self._sought(sought, scope, region)
                yield Found(scope, region, node.span, caught, texts, operator, node, held, sought)

    def _call(self, node: facts.Call, scope: int, region: int) -> Iterator[Found]:
        if not node.arguments:
            return
        first = node.arguments[0].value
        if isinstance(node.func, facts.Attribute):
            if node.func.name in METHODS:
                values = self.linker.evaluate(node.func.value, scope, region)
                for caught in self._caught(values, scope, region):
                    if self._mixed(node.func.value, values, caught, scope, region):
                        continue
                    texts = self._sought(first, scope, region)
                    yield Found(scope, region, node.span, caught, texts, node.func.name, node, node.func.value, first)
                return
            if node.func.name in PATTERN_METHODS and len(node.arguments) == 1:
                for caught in self._caught(self.linker.evaluate(first, scope, region), scope, region):
                    yield Found(scope, region, node.span, caught, (), "re." + node.func.name, node, first)
                return
        if len(node.arguments) >= 2:
            callees = self.linker.evaluate(node.func, scope, region)
            names = {value.name for value in callees if isinstance(value, External)} & PATTERNS
            if names:
                second = node.arguments[1].value
                for caught in self._caught(self.linker.evaluate(second, scope, region), scope, region):
                    texts = self._sought(first, scope, region)
                    yield Found(scope, region, node.span, caught, texts, min(names), node, second, first)

    def _cases(self, scope: int) -> Iterator[Found]:
        """``match str(e): case "429": ...``"""
        regions = self.program.scopes[scope].facts.regions
        for region in regions:
            if isinstance(region, facts.Case) and region.patterns:
                values = self.linker.evaluate(region.subject, scope, region.parent)
                for caught in self._caught(values, scope, region.parent):
                    sought = tuple(t for one in region.patterns for t in self._sought(one, scope, region.parent))
                    if sought:
                        yield Found(scope, region.parent, region.span, caught, sought, "match")

    def _caught(self, values: Values, scope: int, region: int) -> list[CaughtText]:
        """The exception texts among values. A variable that several handlers set holds, inside one of them, what
        that one set."""
        found = {(value.scope, value.region): value for value in values if isinstance(value, CaughtText)}
        around = {number for number, _ in self.program.chain(scope, region)}
        nearest = [key for key in sorted(found) if key[0] == scope and key[1] in around]
        return [found[key] for key in nearest[-1:] or sorted(found)]

    def _mixed(self, node: Expr, values: Values, caught: CaughtText, scope: int, region: int) -> bool:
        """Whether a variable mostly holds something else: an answer, say, or a message that tells of the error. Outside
        of the handler a test on it is no test on the error."""
        if caught.whole or not isinstance(node, facts.Name):
            return False
        if any(caught.scope == scope and number == caught.region for number, _ in self.program.chain(scope, region)):
            return False
        return any(not isinstance(value, (CaughtText, String, Plain)) for value in values)

    def _sought(self, node: Expr, scope: int, region: int) -> tuple[str, ...]:
        values = set(self.linker.evaluate(node, scope, region))
        for value in list(values):
            if isinstance(value, Items):
                values |= self.linker.state.contents(value)
        return tuple(sorted({value.text for value in values if isinstance(value, String)}))

    def _combine(self, found: list[Found], root: Expr | None, region: int) -> Iterator[TextTest]:
        groups: dict[tuple[int, int], list[Found]] = defaultdict(list)
        for one in found:
            groups[(one.caught.scope, one.caught.region)].append(one)
        best: tuple[Confidence, str, tuple[int, int]] | None = None
        for key in groups:
            verdict = self._verdict(*key)
            if verdict is not None and (best is None or verdict[0] > best[0]):
                best = (*verdict, key)
        if best is None:
            return
        confidence, sdk, key = best
        group = sorted(groups[key], key=lambda one: one.span)
        first, last = group[0].span, max(group, key=lambda one: (one.span.end_line, one.span.end_column)).span
        span = Span(first.line, first.column, last.end_line, last.end_column)
        texts = tuple(dict.fromkeys(text for one in group for text in one.texts))
        location = Location(self.program.path_of(group[0].scope), span)
        test = TextTest(
            location,
            self._handler_at(*key),
            texts,
            group[0].caught.source,
            sdk,
            confidence,
            group[0].operation,
            key[1] < 0,
        )
        yield self._with_questions(test, root, region, group)

    def _with_questions(self, test: TextTest, root: Expr | None, region: int, group: list[Found]) -> TextTest:
        if root is None:
            return replace(test, unfixable="a `match` compares values, and has no place for another test")
        try:
            asked = self.questions.read(root, region, group)
        except Declined as reason:
            return replace(test, unfixable=str(reason))
        only_openai = bool(asked.origins) and all(self.raising.only_openai(*origin) for origin in asked.origins)
        classes = [self.raising.classes(*origin) for origin in sorted(asked.origins)]
        taken = [self.raising.taken(*origin) for origin in asked.origins]
        return replace(
            test,
            questions=asked.questions,
            only_openai=only_openai,
            classes=tuple(dict.fromkeys(name for one in classes for name in one)) if all(classes) else (),
            taken=tuple(sorted(frozenset.intersection(*taken))) if taken else (),
            in_handler=all(scope == group[0].scope and number >= 0 for scope, number in asked.origins),
            leftovers=asked.leftovers,
        )

    def _handler_at(self, scope: int, region: int) -> Location:
        if region < 0:
            site = self.program.sites[outside.shown_by(region)]
            return Location(self.program.path_of(site.scope), site.span)
        return Location(self.program.path_of(scope), self.program.region(scope, region).span)

    # --- whose exception ----------------------------------------------------------------------

    def _verdict(self, scope: int, region: int) -> tuple[Confidence, str] | None:
        """How sure it is that the handler can catch an OpenAI error, and of which SDK; None if it cannot."""
        key = (scope, region)
        if key not in self._verdicts:
            self._verdicts[key] = self._judge(scope, region)
        verdict = self._verdicts[key]
        if (
            verdict is None
            and region >= 0
            and self.any_sent
            and self._known(self._texts[key])
            and self._unresolved(scope, region)
        ):
            return Confidence.LOW, "v1"
        return verdict

    def _judge(self, scope: int, region: int) -> tuple[Confidence, str] | None:
        if region < 0:
            return (Confidence.MEDIUM, "v1") if self.any_sent else None
        handler = self.program.region(scope, region)
        if not isinstance(handler, facts.Handler):
            return None
        types = self.errors.types_of(scope, region, handler)
        names = [value.name for value in self.errors.flat(types or frozenset()) if isinstance(value, External)]
        if any(name.startswith("openai.") for name in names):
            return Confidence.HIGH, "v0" if any(name.startswith("openai.error") for name in names) else "v1"
        flow = self.graph.flow(scope)
        for number in self.graph.sites_in(flow, handler.attempt):
            tokens = self._leaving(number)
            between = self._left_by_others(flow, region, self._escaping(number, tokens, handler.attempt) & FROM_SDK)
            if self.errors.caught(types, between):
                return Confidence.HIGH, self._sdk.get(number, "v1")
            if self._raises_openai(number) and self.errors.caught(types, self._left_by_others(flow, region, FROM_SDK)):
                return Confidence.MEDIUM, "v1"
        return None

    def _left_by_others(self, flow: Flow, region: int, tokens: Tokens) -> Tokens:
        """What the handlers before one of the same ``try`` leave to it."""
        handler = flow.regions[region]
        assert isinstance(handler, facts.Handler)
        for other in flow.handlers(handler.attempt):
            if other < region:
                tokens = tokens - self.errors.catches_whole(flow.scope, other, tokens)
        return tokens

    def _leaving(self, number: int) -> Tokens:
        """What a call can raise, of requests that it sends or reaches."""
        tokens: set[str | int] = set(self._tokens.get(number, ()))
        for edge in self.graph.edges_from(number):
            tokens |= self.raises().get(edge.callee, frozenset())
        return frozenset(tokens)

    def _escaping(self, number: int, tokens: Tokens, until: int) -> Tokens:
        """What is left of ``tokens`` when they leave the ``try`` bodies between a site and the region ``until``."""
        site = self.program.sites[number]
        flow = self.graph.flow(site.scope)
        for place, region in self.program.chain(site.scope, site.region):
            if place == until or not tokens:
                break
            if isinstance(region, facts.Try):
                out: set[str | int] = set()
                for handler in flow.handlers(place):
                    caught = self.errors.catches(site.scope, handler, tokens)
                    out |= self.errors.let_out(flow, handler, caught) if caught else set()
                    tokens = tokens - caught
                tokens = tokens | frozenset(out)
        return tokens

    def raises(self) -> dict[int, Tokens]:
        """By function: the exceptions of requests that can leave it."""
        if self._raises is None:
            self._raises = {}
            queue = sorted({self.program.sites[number].scope for number in self._tokens})
            queued = set(queue)
            while queue:
                scope = queue.pop()
                queued.discard(scope)
                tokens: set[str | int] = set()
                for number in self.program.scopes[scope].sites:
                    leaving = self._leaving(number)
                    if leaving:
                        tokens |= self._escaping(number, leaving, 0)
                if frozenset(tokens) - self._raises.get(scope, frozenset()):
                    self._raises[scope] = self._raises.get(scope, frozenset()) | tokens
                    for edge in self.graph.edges_into(scope):
                        caller = self.program.sites[edge.site].scope
                        if caller not in queued:
                            queued.add(caller)
                            queue.append(caller)
        return self._raises

    def _raises_openai(self, number: int) -> bool:
        """Whether a call goes through a library that lets the SDK's errors through."""
        for value in self.graph.callees(number):
            name = (
                value.owner.name
                if isinstance(value, Member)
                else value.name
                if isinstance(value, (Made, External))
                else ""
            )
            if name and name.startswith(self.raisers):
                return True
        return False

    def _known(self, texts: Iterable[str]) -> bool:
        """Whether one of the texts is among those that OpenAI's errors hold and hardly anything else."""
        lowered = [text.lower() for text in texts]
        specific = [fragment for fragment in self.fragments if not fragment.generic]
        return any(
            fragment.text == text if fragment.exact else fragment.text in text
            for fragment in specific
            for text in lowered
        )

    def _unresolved(self, scope: int, region: int) -> bool:
        """Whether the ``try`` makes a call whose target is not known."""
        handler = self.program.region(scope, region)
        if not isinstance(handler, facts.Handler):
            return False
        types = self.errors.types_of(scope, region, handler)
        if types is not None and not self.errors.caught(types, FROM_SDK):
            return False
        flow = self.graph.flow(scope)
        for number in self.graph.sites_in(flow, handler.attempt):
            if self.graph.edges_from(number) or self.graph.sends_from(number):
                continue
            callees = self.graph.callees(number)
            func = self.program.sites[number].call.func
            name = func.name if isinstance(func, facts.Attribute) else ""
            if name == "result":  # of a future: it raises what the work raised
                return True
            if name in CONTAINER_METHODS:
                continue
            if any(isinstance(value, Unknown) for value in callees) and not self._of_exception(number):
                return True
        return False

    def _of_exception(self, number: int) -> bool:
        """Whether a call is made on something that a caught exception holds (``e.response.json()``)."""
        site = self.program.sites[number]
        node: Expr = site.call.func
        while isinstance(node, (facts.Attribute, facts.Call, facts.Subscript)):
            node = node.func if isinstance(node, facts.Call) else node.value
        return any(isinstance(value, Caught) for value in self.linker.evaluate(node, site.scope, site.region))

    # --- predicates of libraries --------------------------------------------------------------

    def _messages(self) -> Iterator[TextTest]:
        """``tenacity.retry_if_exception_message(match="...")``"""
        predicates = knowledge.retries().predicates
        for site in self.program.sites:
            names = [v.name for v in self.graph.callees(site.id) if isinstance(v, External)]
            if self.any_sent and any(predicates.get(name) == "message" for name in names):
                texts = tuple(
                    text
                    for argument in site.call.arguments
                    for text in self._sought(argument.value, site.scope, site.region)
                )  # fmt: skip
                location = Location(self.program.path_of(site.scope), site.span)
                test = TextTest(location, location, texts, "str", "v1", Confidence.MEDIUM, "message")
                yield self._as_question(test, names, site.call)

    def _as_question(self, test: TextTest, names: list[str], call: facts.Call) -> TextTest:
        """The call of a library's predicate, as one question."""
        if names != [MESSAGE_PREDICATE] or len(call.arguments) != 1 or len(test.texts) != 1:
            return replace(test, unfixable="the predicate is not given one fixed text")
        try:
            texts = alternatives(test.texts[0])
        except Declined as reason:
            return replace(test, unfixable=str(reason))
        return replace(test, questions=(Question(test.location, "", texts=texts),))
