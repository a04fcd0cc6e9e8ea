"""Linking: runs every statement and header of the program until the values of all variables are known."""

from __future__ import annotations

from collections.abc import Iterable

from oailint import facts
from oailint.facts import Expr
from oailint.project import outside
from oailint.project.calls import Calls
from oailint.project.classes import Classes
from oailint.project.expressions import Expressions
from oailint.project.program import ScopeInfo, header_expressions
from oailint.project.state import State, Unit
from oailint.project.values import (
    FOREIGN,
    SOMETHING_UNKNOWN,
    UNKNOWN,
    Caught,
    CaughtText,
    CaughtType,
    Class,
    Client,
    Endpoint,
    External,
    Function,
    Generator,
    Instance,
    Items,
    Made,
    Module,
    Plain,
    Value,
    Values,
)

MAPPINGS = frozenset(("dict", "mapping", "mutablemapping", "defaultdict", "ordereddict"))
CONTAINERS = MAPPINGS | frozenset(
    ("list", "set", "frozenset", "tuple", "deque", "sequence", "mutablesequence", "iterable", "collection", "iterator",
     "abstractset", "asynciterator", "asynciterable", "generator")
)  # fmt: skip
"""Names of generic containers, of ``typing``, ``collections.abc`` or built in, in lower case."""

NOT_TELLING = frozenset([UNKNOWN, FOREIGN, Plain(None, "None")])
"""Values beside which an annotation says more."""


class Linker:
    """Makes the units of work of a program and runs them."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.program = state.program
        self.classes = Classes(state)
        self.expressions = Expressions(state, self.classes)
        self.calls = Calls(state, self.expressions)

    def link(self) -> None:
        """Bring the state to its fixpoint."""
        for info in self.program.scopes:
            self._plan(info)
        for unit in range(len(self.state.units)):
            self.state.enqueue(unit)
        self.state.run()
        self.state.settle()
        self.state.rest()

    def forget(self) -> None:
        """Let go of what linking has learnt. (Its parts refer to one another, so they would outlive it.)"""
        expressions, calls = self.expressions, self.calls
        for part in (calls.externals, calls, expressions.attributes, expressions, self.classes, self.state):
            vars(part).clear()
        self.program.scopes.clear()
        self.program.sites.clear()
        self.program.files.clear()

    def evaluate(self, node: Expr, scope: int, region: int) -> Values:
        """The values of an expression, after linking."""
        return self.expressions.evaluate(node, scope, region)

    # --- units --------------------------------------------------------------------------------

    def _plan(self, info: ScopeInfo) -> None:
        scope = info.facts
        for statement in scope.statements:
            work = self._statement(info, statement)
            if work is not None:
                self.state.units.append(work)
        for number, region in enumerate(scope.regions):
            header = self._header(info, number, region)
            if header is not None:
                self.state.units.append(header)
        if info.is_function:
            self.state.units.append((Linker._parameters, self, info))
        if scope.kind == "class":
            self.state.units.append((Linker._bases, self, info))

    def _statement(self, info: ScopeInfo, statement: facts.Statement) -> Unit | None:
        if isinstance(statement, facts.Assign):
            return (Linker._assign, self, info, statement)
        if isinstance(statement, facts.Evaluate):
            return (Linker._only_evaluate, self, info, statement.value, statement.region)
        if isinstance(statement, facts.Return):
            return (Linker._return, self, info, statement)
        if isinstance(statement, facts.Raise):
            return (Linker._raise, self, info, statement)
        if isinstance(statement, facts.Import):
            return (Linker._import, self, info, statement)
        if isinstance(statement, facts.Define):
            return (Linker._define, self, info, statement)
        return None

    def _header(self, info: ScopeInfo, number: int, region: facts.Region) -> Unit | None:
        if isinstance(region, facts.For):
            return (Linker._for, self, info, number, region)
        if isinstance(region, facts.While):
            return (Linker._only_evaluate, self, info, region.test, number)
        if isinstance(region, facts.Branch) and region.positive:
            return (Linker._only_evaluate, self, info, region.test, region.parent)
        if isinstance(region, facts.Case):
            return (Linker._only_evaluate, self, info, region.subject, region.parent)
        if isinstance(region, facts.Handler):
            return (Linker._handler, self, info, number, region)
        if isinstance(region, facts.With):
            return (Linker._with, self, info, number, region)
        return None

    def _only_evaluate(self, info: ScopeInfo, node: Expr, region: int) -> None:
        self.expressions.evaluate(node, info.id, region)

    def _assign(self, info: ScopeInfo, statement: facts.Assign) -> None:
        values: Values = frozenset()
        if statement.value is not None:
            values = self.expressions.evaluate(statement.value, info.id, statement.region)
        if statement.operator:
            before = self.expressions.evaluate(statement.targets[0], info.id, statement.region)
            values = self._augmented(statement.operator, before, values)
        if statement.annotation is not None and (not values - NOT_TELLING or is_empty_display(statement.value)):
            values = values | self.annotated(statement.annotation, info.id)
        for target in statement.targets:
            self._assign_one(info, target, statement, values)

    def _assign_one(self, info: ScopeInfo, target: Expr, statement: facts.Assign, values: Values) -> None:
        pairs = statement.value
        if (
            isinstance(target, facts.Sequence)
            and isinstance(pairs, facts.Sequence)
            and len(target.items) == len(pairs.items)
        ):
            for item, value in zip(target.items, pairs.items, strict=False):
                found = self.expressions.evaluate(value, info.id, statement.region)
                self.expressions.assign(item, found, info.id, statement.region)
            return
        self.expressions.assign(target, values, info.id, statement.region)

    def _augmented(self, operator: str, before: Values, values: Values) -> Values:
        for value in before:
            if operator == "+" and isinstance(value, Items):
                self.state.grown.add(value.node)
                self.state.add(("items", value.node), self.expressions.storable(self.expressions.elements(values)))
        return frozenset(value for value in values if isinstance(value, CaughtText)) or SOMETHING_UNKNOWN

    def _return(self, info: ScopeInfo, statement: facts.Return) -> None:
        if statement.value is None:
            return
        values = self.expressions.evaluate(statement.value, info.id, statement.region)
        if isinstance(statement.value, facts.Name) and statement.value.id in self.program.handed_back(info.id):
            return  # each call gets back what it gave
        # An error that a function caught and returns is a result like any other: its text is not followed further.
        kept = [v for v in values if not (isinstance(v, (Caught, CaughtText, CaughtType)) and v.scope == info.id)]
        self.state.add(("return", info.id), kept)

    def _raise(self, info: ScopeInfo, statement: facts.Raise) -> None:
        for part in (statement.value, statement.cause):
            if part is not None:
                self.expressions.evaluate(part, info.id, statement.region)

    def _import(self, info: ScopeInfo, statement: facts.Import) -> None:
        if statement.name == "*":
            return
        bound = statement.alias or statement.name or statement.module.partition(".")[0]
        if statement.name:
            values = self.expressions.import_name(info.id, statement)
        elif statement.alias:
            values = self.expressions.import_module(info.id, statement.module, 0)
        else:
            values = self.expressions.import_module(info.id, bound, 0)
        home = self.expressions.home(info.id, bound)
        self.state.add(("name", home, bound), values)

    def _define(self, info: ScopeInfo, statement: facts.Define) -> None:
        defined = self.program.first_scope[info.file] + statement.scope
        scope = self.program.scopes[defined].facts
        value: Value = Class(defined) if scope.kind == "class" else Function(defined)
        values: Values = frozenset([value])
        applications = [self.program.sites[s] for s in info.sites if self.program.sites[s].decorates == defined]
        for site in reversed(applications):
            decorator = self.expressions.evaluate(site.call.func, info.id, statement.region)
            values = frozenset().union(*(self.calls.decorate(decorator, one, site) for one in values))
        home = self.expressions.home(info.id, scope.name)
        self.state.add(("name", home, scope.name), values)

    # --- headers ------------------------------------------------------------------------------

    def _for(self, info: ScopeInfo, number: int, region: facts.For) -> None:
        iterable = self.expressions.evaluate(region.iterable, info.id, region.parent)
        elements = self.expressions.elements(iterable)
        for condition in region.conditions:
            self.expressions.evaluate(condition, info.id, number)
        if isinstance(region.target, facts.Sequence):
            elements = elements | self.expressions.elements(v for v in elements if isinstance(v, Items))
            for item in region.target.items:
                self.expressions.assign(item, elements, info.id, number)
        else:
            self.expressions.assign(region.target, elements, info.id, number)

    def _handler(self, info: ScopeInfo, number: int, region: facts.Handler) -> None:
        if region.types is not None:
            self.expressions.evaluate(region.types, info.id, region.parent)
        if region.name:
            self.state.add(
                ("name", self.expressions.home(info.id, region.name), region.name), [Caught(info.id, number)]
            )

    def _with(self, info: ScopeInfo, number: int, region: facts.With) -> None:
        for item, target in zip(region.items, region.targets, strict=False):
            entered = self._enter(self.expressions.evaluate(item, info.id, region.parent))
            if target is not None:
                self.expressions.assign(target, entered, info.id, number)

    def _enter(self, managers: Values) -> Values:
        """What ``with manager as x`` binds."""
        out: set[Value] = set()
        for value in managers:
            if isinstance(value, Generator):
                out.update(self.state.read(("yield", value.scope)))
            elif isinstance(value, Instance):
                methods = [
                    *self.classes.method(value.scope, "__enter__"),
                    *self.classes.method(value.scope, "__aenter__"),
                ]
                for method in methods:
                    if isinstance(method, Function):
                        out.update(self.state.read(("return", method.scope)))
                if not methods:
                    out.add(value)
            else:
                out.add(value)
        return frozenset(out)

    # --- definitions --------------------------------------------------------------------------

    def _parameters(self, info: ScopeInfo) -> None:
        parent = info.parent
        for number, one in enumerate(info.facts.parameters):
            key = ("name", info.id, one.name)
            if one.default is not None:
                self.state.add(key, self.expressions.evaluate(one.default, parent, info.facts.parent_region))
            if one.annotation is not None and one.kind in ("positional", "keyword"):
                self.state.add(key, self.annotated(one.annotation, parent))
            if one.kind == "args":
                self.state.add(key, [Items(outside.rest_items(info.id))])
            elif one.kind == "kwargs":
                self.state.add(key, [Items(outside.keyword_items(info.id))])
            if number == 0 and self.program.scopes[parent].facts.kind == "class" and one.kind == "positional":
                self._receiver(info, key)
        if info.facts.kind == "lambda":
            return

    def _receiver(self, info: ScopeInfo, key: tuple[str, int, str]) -> None:
        owner = info.parent
        decorators = [
            value.name
            for decorator in info.facts.decorators
            for value in self.expressions.evaluate(decorator, owner, info.facts.parent_region)
            if isinstance(value, External)
        ]
        if "builtins.staticmethod" in decorators:
            return
        if "builtins.classmethod" in decorators or info.facts.name in ("__new__", "__init_subclass__"):
            self.state.add(key, [Class(owner)])
        else:
            self.state.add(key, [Instance(owner)])

    def annotated(self, annotation: Expr, scope: int) -> Values:
        """The instances that an annotation promises."""
        if isinstance(annotation, facts.Text):
            parsed = dotted_expression(annotation)
            return self.annotated(parsed, scope) if parsed is not None else frozenset()
        if isinstance(annotation, facts.Operation):
            return frozenset().union(*(self.annotated(one, scope) for one in annotation.operands))
        if isinstance(annotation, facts.Subscript):
            outer = self.expressions.evaluate(annotation.value, scope, 0)
            if any(
                isinstance(v, External) and v.name in ("typing.Optional", "typing.Union", "typing.Annotated")
                for v in outer
            ):
                inner = annotation.index
                parts = inner.items if isinstance(inner, facts.Sequence) else (inner,)
                injected = self._injected(parts[1:], scope)
                if injected:
                    return injected
                return frozenset().union(*(self.annotated(part, scope) for part in parts))
            return self._promised_items(annotation, outer, scope)
        if not isinstance(annotation, (facts.Name, facts.Attribute)):
            return frozenset()
        out: set[Value] = set()
        for value in self.expressions.evaluate(annotation, scope, 0):
            out.update(self._instances(value))
        return frozenset(out)

    def _injected(self, parts: Iterable[Expr], scope: int) -> Values:
        """``Annotated[OpenAI, Depends(get_client)]``: what the function returns or yields."""
        out: set[Value] = set()
        for part in parts:
            if isinstance(part, facts.Call) and part.arguments:
                markers = self.expressions.evaluate(part.func, scope, 0)
                if any(isinstance(one, External) and one.name in outside.INJECTORS for one in markers):
                    for value in self.expressions.evaluate(part.arguments[0].value, scope, 0):
                        if isinstance(value, Function):
                            out.update(self.state.read(("return", value.scope)))
                            out.update(self.state.read(("yield", value.scope)))
        return frozenset(out) - NOT_TELLING

    def _promised_items(self, annotation: facts.Subscript, outer: Values, scope: int) -> Values:
        """A container of instances: ``list[Agent]``, ``Dict[str, Agent]``."""
        names = {value.name.rpartition(".")[2].lower() for value in outer if isinstance(value, External)}
        if not names & CONTAINERS:
            return frozenset()
        index = annotation.index
        parts = index.items if isinstance(index, facts.Sequence) else (index,)
        contents = self.annotated(parts[-1], scope) if names & MAPPINGS else self._any_of(parts, scope)
        if not contents:
            return frozenset()
        items = Items(self.state.promised.setdefault(id(annotation), outside.promised_items(len(self.state.promised))))
        self.state.add(("items", items.node), contents)
        return frozenset([items])

    def _any_of(self, parts: Iterable[Expr], scope: int) -> Values:
        return frozenset().union(*(self.annotated(part, scope) for part in parts))

    def _instances(self, value: Value) -> Iterable[Value]:
        if isinstance(value, Class):
            return (Instance(value.scope),)
        if isinstance(value, External):
            if value.name in self.calls.sdk.clients or value.name in self.state.config.clients:
                return (Client(value.name),)
            if self.calls.externals.library.interesting(value.name):
                return (Made(value.name),)
        return ()

    def _bases(self, info: ScopeInfo) -> None:
        for base in info.facts.bases:
            for value in self.expressions.evaluate(base, info.parent, info.facts.parent_region):
                if isinstance(value, (Class, External, Endpoint)):
                    self.state.add(("bases", info.id), [value])
                if isinstance(value, Class):
                    self.state.add(("subclasses", value.scope), [Class(info.id)])


def is_empty_display(node: Expr | None) -> bool:
    """Whether an expression is ``[]``, ``{}`` or a call that makes an empty container, to be filled later."""
    if isinstance(node, facts.Sequence):
        return not node.items
    if isinstance(node, facts.Mapping):
        return not node.values
    return isinstance(node, facts.Call) and isinstance(node.func, facts.Name) and node.func.id in (*CONTAINERS, "field")


def dotted_expression(text: facts.Text) -> Expr | None:
    """A string annotation such as ``"openai.OpenAI"`` as an expression; None if it is not a dotted name."""
    parts = text.value.strip().removeprefix("Optional[").removesuffix("]").split(".")
    if not all(part.isidentifier() for part in parts):
        return None
    node: Expr = facts.Name(parts[0])
    for part in parts[1:]:
        node = facts.Attribute(node, part, text.span)
    return node


__all__ = ["Linker", "Module", "header_expressions"]
