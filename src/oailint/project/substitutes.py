"""What a key in the source gives way to: an environment variable, and in which form."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from oailint import facts, knowledge
from oailint.facts import Expr, Masked, Span
from oailint.findings import Location
from oailint.masking import is_scheme
from oailint.project.graph import Graph
from oailint.project.model import KeyUse
from oailint.project.program import children, comprehension_region, header_expressions, scope_expressions
from oailint.project.values import External, String

READERS = ("os.getenv", "os.environ.get")
"""Functions that read a variable, with a default."""
WRITERS = ("os.environ.setdefault", "os.putenv", "os.environ.__setitem__")
KEY, AZURE_KEY, AZURE_TOKEN, ADMIN_KEY = (
    "OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN", "OPENAI_ADMIN_KEY",
)  # fmt: skip
IN_TEXT = "the key stands inside a longer text"
WRITTEN_WITH_OTHERS = "it is written into the environment together with others; set the variable outside of the program"
ISSUED_BY_OPENAI = frozenset(("openai-project", "openai-service", "openai-admin", "openai-none"))
"""Shapes of keys that only OpenAI issues; others copy the plain one."""
ADDRESSES = frozenset(("base_url", "api_base", "openai_api_base"))
OTHER_SERVER = "the file sets another address for requests, so the key may be another server's than OpenAI's"


class _Place(Struct, frozen=True):
    """Where a literal stands: the expressions around it, outermost first, and the statement that they are a part of."""

    around: tuple[Expr, ...]
    scope: int
    region: int
    statement: facts.Statement | None
    parameter: str = ""


class Substitutes:
    """Answers for the literals of a linked program."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.program = graph.program
        self.linker = graph.linker
        self.clients = knowledge.sdk().clients
        self.variables = frozenset(knowledge.keys().environment)
        self._places: dict[int, dict[Span, _Place]] = {}

    def complete(self, key: KeyUse, file: int, literal: Masked) -> KeyUse:
        """``key``, whose literal stands in a file, with what is to be done with it."""
        place = self._find(file).get(literal.span)
        if place is None:
            return replace(key, unfixable="the place where it stands is no expression")
        key = replace(key, variable=self._variable(key, literal, place))
        if not literal.alone:
            return replace(key, unfixable=IN_TEXT)
        if key.variable == KEY and literal.shape not in ISSUED_BY_OPENAI and self._names_a_server(file):
            return replace(key, unfixable=OTHER_SERVER)
        parent = place.around[-1] if place.around else None
        found = (
            self._from_environment(key, place, parent)
            or self._argument(key, literal, place, parent)
            or self._in_text(key, literal, place, parent)
        )
        return found or replace(key, form="literal", lead=literal.lead, target=key.location)

    def _names_a_server(self, file: int) -> bool:
        """Whether a file sets the address that requests go to, and it is not seen to be OpenAI's."""
        first = self.program.first_scope[file]
        for info in self.program.scopes[first : first + len(self.program.files[file].scopes)]:
            given = [
                (argument.keyword, argument.value)
                for number in info.sites
                for argument in self.program.sites[number].call.arguments
            ]
            for statement in info.facts.statements:
                if isinstance(statement, facts.Assign) and statement.value is not None:
                    given += [
                        (target.name, statement.value)
                        for target in statement.targets
                        if isinstance(target, facts.Attribute)
                    ]
            if any(name in ADDRESSES and not is_openai(value) for name, value in given):
                return True
        return False

    # --- forms --------------------------------------------------------------------------------

    def _from_environment(self, key: KeyUse, place: _Place, parent: Expr | None) -> KeyUse | None:
        """The default of a variable that is read, or what a variable is set to."""
        statement = place.statement
        if parent is None and isinstance(statement, facts.Assign) and self._sets_environment(statement, place):
            if len(statement.targets) > 1:
                return replace(key, unfixable=WRITTEN_WITH_OTHERS)
            return self._without(key, statement, place)
        names = self._callees(parent) if isinstance(parent, facts.Call) else set()
        if isinstance(parent, facts.Call) and names & set(WRITERS):
            if isinstance(statement, facts.Evaluate) and statement.value is parent:
                return self._without(key, statement, place)
            return replace(key, unfixable=WRITTEN_WITH_OTHERS)
        if "os.environ.update" in {
            name for one in place.around if isinstance(one, facts.Call) for name in self._callees(one)
        }:
            return replace(key, unfixable=WRITTEN_WITH_OTHERS)
        reader = next((name for name in READERS if name in names), "")
        if reader and isinstance(parent, facts.Call) and isinstance(parent.arguments[0].value, facts.Text):
            at, kept = (self._at(key, span) for span in (parent.span, parent.arguments[0].value.span))
            return replace(key, form="default", target=at, reader=reader, kept=kept)
        return None

    def _sets_environment(self, statement: facts.Assign, place: _Place) -> bool:
        return any(
            isinstance(target, facts.Subscript)
            and External("os.environ") in self.linker.evaluate(target.value, place.scope, place.region)
            for target in statement.targets
        )

    def _without(self, key: KeyUse, statement: facts.Statement, place: _Place) -> KeyUse:
        info = self.program.scopes[place.scope].facts
        span = statement.span
        siblings = [one for one in info.statements if one.region == statement.region and one is not statement]
        beside = [
            one for one in (*siblings, *info.regions[1:])
            if one.span.line <= span.end_line and span.line <= one.span.end_line
        ]  # fmt: skip
        inside = any(region.parent == statement.region for region in info.regions)
        alone = not siblings and not inside and info.kind + str(statement.region) != "module0"
        return replace(key, form="statement", target=self._at(key, span), filled=bool(beside) or alone)

    def _argument(self, key: KeyUse, literal: Masked, place: _Place, parent: Expr | None) -> KeyUse | None:
        """The argument of a client that reads the variable by itself, unless it goes to another server."""
        if not isinstance(parent, facts.Call) or not self._callees(parent) <= set(self.clients):
            return None
        keywords = {one.keyword for one in parent.arguments}
        given = any(one.keyword == "api_key" and one.value is literal for one in parent.arguments)
        if not given or keywords & {"base_url", ""} or key.variable not in (KEY, AZURE_KEY):
            return None
        return replace(key, form="argument", target=self._at(key, parent.span))

    def _in_text(self, key: KeyUse, literal: Masked, place: _Place, parent: Expr | None) -> KeyUse | None:
        """An f-string that is the key, with or without a header's scheme before it."""
        if not isinstance(parent, facts.Format):
            if not any(isinstance(one, facts.Format) for one in place.around):
                return None
            return replace(key, unfixable=IN_TEXT) if literal.lead else replace(key, form="text")
        before = parent.parts[: parent.parts.index(literal)]
        if len(parent.parts) > len(before) + 1 or len(before) > 1:
            return replace(key, unfixable=IN_TEXT)
        lead = literal.lead
        if before:
            scheme = before[0].value if isinstance(before[0], facts.Text) else ""
            if not is_scheme(scheme) or lead:
                return replace(key, unfixable=IN_TEXT)
            lead = scheme
        return replace(key, form="literal", lead=lead, target=self._at(key, parent.span))

    # --- names --------------------------------------------------------------------------------

    def _variable(self, key: KeyUse, literal: Masked, place: _Place) -> str:
        """The environment variable that is to hold the key."""
        used = key.use.rpartition("$")[2] if "$" in key.use else ""
        if used in self.variables:
            return used
        names = [name.upper().replace("-", "_") for name in self._names(place, literal)]
        own = next((name for name in names if name in self.variables), "")
        if own:
            return own
        if literal.prefix and not literal.shape.startswith("openai"):
            return f"{literal.shape.upper().replace('-', '_')}_API_KEY"
        number = self._number(place, literal)
        return self._by_use(key, literal, names, place) + (f"_{number}" if number > 1 else "")

    def _by_use(self, key: KeyUse, literal: Masked, names: list[str], place: _Place) -> str:
        told = " ".join((key.use.upper(), *names))
        if "AD_TOKEN" in told:
            return AZURE_TOKEN
        if "ADMIN" in told or literal.shape == "openai-admin":
            return ADMIN_KEY
        host = self._host(place)
        if host:
            return f"{host.upper()}_API_KEY"
        is_azure = "AZURE" in told or "API-KEY" in told or "OCP-APIM" in told
        return AZURE_KEY if is_azure or (literal.shape == "hex" and self._speaks_azure()) else KEY

    def _host(self, place: _Place) -> str:
        """The name of another server that the client is made for: ``groq`` of ``https://api.groq.com/openai/v1``."""
        call = place.around[-1] if place.around else None
        for argument in call.arguments if isinstance(call, facts.Call) else ():
            if argument.keyword == "base_url" and isinstance(argument.value, facts.Text):
                host = argument.value.value.partition("://")[2].partition("/")[0].partition(":")[0]
                labels = host.split(".")
                if len(labels) > 1 and labels[-2].isalpha() and labels[-2] != "openai":
                    return labels[-2] if labels[-2] != "azure" else ""
        return ""

    def _speaks_azure(self) -> bool:
        values = self.linker.state.known(("setting", "openai", -1, "api_type"))
        return any(isinstance(value, String) and value.text.startswith("azure") for value in values)

    def _names(self, place: _Place, literal: Masked) -> Iterator[str]:
        """What the literal is called where it stands: a keyword, a dict's key, a variable, a parameter."""
        for node in reversed(place.around):
            if isinstance(node, facts.Call):
                yield from (one.keyword for one in node.arguments if one.keyword and one.value is literal)
            elif isinstance(node, facts.Mapping):
                for name, value in zip(node.keys, node.values, strict=True):
                    if isinstance(name, facts.Text) and value is literal:
                        yield name.value
        if isinstance(place.statement, facts.Assign):
            for target in place.statement.targets:
                if isinstance(target, facts.Name):
                    yield target.id
                elif isinstance(target, facts.Attribute):
                    yield target.name
                elif isinstance(target, facts.Subscript) and isinstance(target.index, facts.Text):
                    yield target.index.value
        yield place.parameter

    def _number(self, place: _Place, literal: Masked) -> int:
        """Which of several keys in a list it is."""
        parent = place.around[-1] if place.around else None
        if not isinstance(parent, facts.Sequence):
            return 1
        keys = [one for one in parent.items if isinstance(one, Masked)]
        return next((number for number, one in enumerate(keys, 1) if one is literal), 1)

    # --- places -------------------------------------------------------------------------------

    def _callees(self, call: facts.Call) -> set[str]:
        number = self.program.site_of.get(id(call), -1)
        return {one.name for one in self.graph.callees(number) if isinstance(one, External)} if number >= 0 else set()

    def _at(self, key: KeyUse, span: Span) -> Location:
        return Location(key.location.path, span)

    def _find(self, file: int) -> dict[Span, _Place]:
        if file not in self._places:
            self._places[file] = dict(self._all(file))
        return self._places[file]

    def _all(self, file: int) -> Iterator[tuple[Span, _Place]]:
        first = self.program.first_scope[file]
        for scope in range(first, first + len(self.program.files[file].scopes)):
            info = self.program.scopes[scope]
            statements = {
                id(one.value): one for one in info.facts.statements
                if isinstance(one, (facts.Assign, facts.Evaluate, facts.Return))
            }  # fmt: skip
            for region, root in scope_expressions(info.facts):
                yield from _inside(root, _Place((), scope, region, statements.get(id(root))))
            if info.parent >= 0:
                names = {id(one.default): one.name for one in info.facts.parameters if one.default is not None}
                for root in header_expressions(info.facts):
                    where = _Place((), info.parent, info.facts.parent_region, None, names.get(id(root), ""))
                    yield from _inside(root, where)


def _inside(root: Expr, place: _Place) -> Iterator[tuple[Span, _Place]]:
    stack: list[tuple[Expr, _Place]] = [(root, place)]
    while stack:
        node, where = stack.pop()
        if isinstance(node, Masked):
            yield node.span, where
            continue
        inner = replace(where, around=(*where.around, node), region=comprehension_region(node, where.region))
        stack.extend((child, inner) for child in children(node))


def is_openai(address: Expr) -> bool:
    """Whether an address is written out and is OpenAI's, or Azure's, or none."""
    if address == facts.Constant("None"):
        return True
    return isinstance(address, facts.Text) and any(
        host in address.value for host in ("api.openai.com", "openai.azure.com")
    )
