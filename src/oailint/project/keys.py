"""Literals that are used as OpenAI keys, and literals that have the shape of one."""

from __future__ import annotations

from oailint import facts, knowledge
from oailint.facts import Expr, Masked
from oailint.findings import Confidence, Location
from oailint.project import strings
from oailint.project.clients import mappings
from oailint.project.graph import Graph
from oailint.project.model import KeyUse
from oailint.project.program import header_expressions, scope_expressions, walk
from oailint.project.requests import Requests
from oailint.project.substitutes import Substitutes
from oailint.project.values import NOTHING, Client, External, Hidden, Values

WRITES = frozenset(("os.environ.setdefault", "os.putenv", "os.environ.__setitem__"))
READS = frozenset(("os.getenv", "os.environ.get", "os.environ.setdefault"))
SECRET_SHAPES = frozenset(("hex", "opaque"))
OPENAI_SHAPE = "openai"


class Keys:
    """Finds key uses in a linked program."""

    def __init__(self, graph: Graph, requests: Requests) -> None:
        self.graph = graph
        self.program = graph.program
        self.linker = graph.linker
        self.requests = requests
        self.clients_of = requests.clients
        self.table = knowledge.keys()
        self.clients = knowledge.sdk().clients
        self.found: dict[Location, tuple[KeyUse, int, Masked]] = {}

    def find(self) -> list[KeyUse]:
        """All uses, by place; a literal is reported once, where it stands."""
        self._settings()
        for info in self.program.scopes:
            for statement in info.facts.statements:
                if isinstance(statement, facts.Assign) and statement.value is not None:
                    for target in statement.targets:
                        self._environment(target, statement.value, info.id, statement.region)
                        self._named(target, statement.value, info.id, statement.region)
        for site in self.program.sites:
            self._call(site.id)
        shaped = {file for file, found in self.program.masked.items() if any(map(_has_openai_shape, found))}
        for info in self.program.scopes:
            if info.file in shaped:
                self._shapes(info.id)
        substitutes = Substitutes(self.graph)
        return [substitutes.complete(*self.found[location]) for location in sorted(self.found)]

    # --- by use -------------------------------------------------------------------------------

    def _settings(self) -> None:
        for key, variable in self.linker.state.variables.items():
            if key[0] == "setting" and key[3] in self.table.keywords:
                self._report(variable.values, f"assigned to `{key[1]}.{key[3]}`")

    def _named(self, target: Expr, value: Expr, scope: int, region: int) -> None:
        """A variable or attribute that is named as an OpenAI key (``AZURE_OPENAI_API_KEY = "..."``)."""
        name = (
            target.id if isinstance(target, facts.Name) else target.name if isinstance(target, facts.Attribute) else ""
        )
        named = name.lower() in self.table.keywords or name.upper() in self.table.environment
        if named and "openai" in name.lower() and isinstance(value, Masked):
            self._report(self.linker.evaluate(value, scope, region), f"assigned to `{name}`")

    def _environment(self, target: Expr, value: Expr, scope: int, region: int) -> None:
        if isinstance(target, facts.Subscript) and isinstance(target.index, facts.Text):
            if target.index.value in self.table.environment:
                owners = self.linker.evaluate(target.value, scope, region)
                if any(isinstance(owner, External) and owner.name == "os.environ" for owner in owners):
                    self._report(self.linker.evaluate(value, scope, region), f"written to ${target.index.value}")

    def _call(self, number: int) -> None:
        site = self.program.sites[number]
        arguments = site.call.arguments
        names = {value.name for value in self.graph.callees(number) if isinstance(value, External)}
        if names & READS or names & WRITES:
            first = arguments[0].value if arguments else None
            if isinstance(first, facts.Text) and first.value in self.table.environment and len(arguments) > 1:
                values = self.linker.evaluate(arguments[1].value, site.scope, site.region)
                self._report(values, f"the default of ${first.value}")
        client = names & set(self.clients) or names & set(self.linker.state.config.clients)
        if client and any(argument.star == 2 for argument in arguments):
            given = self.clients_of.argument(number, "api_key")
            self._report(given or NOTHING, f"`api_key` of `{min(client)}`")
        if names & {"os.environ.update"}:
            self._updates(number)
        for argument in arguments:
            if client and argument.keyword in ("api_key", "azure_ad_token"):
                values = self.linker.evaluate(argument.value, site.scope, site.region)
                self._report(values, f"`{argument.keyword}=` of `{min(client)}`")
            elif argument.keyword in self.table.keywords and argument.keyword != "api_key":
                values = self.linker.evaluate(argument.value, site.scope, site.region)
                self._report(values, f"`{argument.keyword}=` of `{strings.source(site.call.func)}`")
            elif argument.keyword == "api_key" and self._on_openai(number):
                values = self.linker.evaluate(argument.value, site.scope, site.region)
                self._report(values, f"`api_key=` of `{strings.source(site.call.func)}`")
            elif argument.keyword == "headers" and number in self.requests.http_sites:
                self._headers(argument.value, site.scope, site.region)

    def _updates(self, number: int) -> None:
        """``os.environ.update({"OPENAI_API_KEY": ...})`` or with keywords."""
        site = self.program.sites[number]
        for argument in site.call.arguments:
            pairs = [(argument.keyword, argument.value)]
            for mapping in mappings(self.linker, argument.value, site.scope) if not argument.keyword else ():
                pairs += [
                    (key.value, value)
                    for key, value in zip(mapping.keys, mapping.values, strict=True)
                    if isinstance(key, facts.Text)
                ]
            for name, value in pairs:
                if name in self.table.environment:
                    self._report(self.linker.evaluate(value, site.scope, site.region), f"written to ${name}")

    def _on_openai(self, number: int) -> bool:
        """Whether the call is on a client or the module: ``client.with_options(api_key=...)``,
        ``ChatCompletion.create(api_key=...)``."""
        return bool(self.graph.sends_from(number)) or any(
            isinstance(value, Client) for value in self.graph.callees(number)
        )

    def _headers(self, node: Expr, scope: int, region: int) -> None:
        for mapping in mappings(self.linker, node, scope):
            for key, value in zip(mapping.keys, mapping.values, strict=False):
                if isinstance(key, facts.Text) and key.value.lower() in self.table.headers:
                    self._report(self.linker.evaluate(value, scope, region), f"the `{key.value}` header", parts=value)

    def _report(self, values: Values, use: str, parts: Expr | None = None) -> None:
        hidden = [value for value in values if isinstance(value, Hidden)]
        if not hidden and parts is not None:
            return
        for value in hidden:
            literal = value.literal
            if literal.placeholder or not (self._is_key(literal) or literal.shape in SECRET_SHAPES):
                continue
            confidence = Confidence.HIGH if self._is_key(literal) else Confidence.MEDIUM
            self._add(value.file, literal, use, confidence)

    # --- by shape -----------------------------------------------------------------------------

    def _shapes(self, scope: int) -> None:
        info = self.program.scopes[scope]
        roots: list[Expr] = [
            root for _, root in scope_expressions(info.facts) if not isinstance(root, (Masked, facts.Text))
        ]
        roots += [
            statement.value for statement in info.facts.statements
            if isinstance(statement, (facts.Assign, facts.Return)) and isinstance(statement.value, Masked)
        ]  # fmt: skip
        roots += list(header_expressions(info.facts))
        for root in roots:
            compared = {
                id(operand) for node, _ in walk(root) if isinstance(node, facts.Comparison) for operand in node.operands
            }
            for node, _ in walk(root):
                if isinstance(node, Masked) and id(node) not in compared and _has_openai_shape(node):
                    self._add(info.file, node, "it has the shape of an OpenAI key", Confidence.HIGH)

    def _is_key(self, literal: Masked) -> bool:
        return literal.shape.startswith(OPENAI_SHAPE) or (
            literal.prefix != "" and literal.shape not in ("prose", "plain")
        )

    def _add(self, file: int, literal: Masked, use: str, confidence: Confidence) -> None:
        location = Location(self.program.paths[file], literal.span)
        shown = f"{literal.prefix}**** ({literal.length} characters)"
        key = KeyUse(location, use, shown, literal.shape, confidence)
        self.found.setdefault(location, (key, file, literal))


def _has_openai_shape(literal: Masked) -> bool:
    return not literal.placeholder and literal.shape.startswith(OPENAI_SHAPE)
