"""What an expression can be: names, attributes, displays, operators. Calls are in ``calls``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from oailint import facts, knowledge
from oailint.facts import Expr
from oailint.project import strings
from oailint.project.attributes import Attributes
from oailint.project.classes import Classes
from oailint.project.memo import Memo
from oailint.project.program import children, target_names
from oailint.project.state import Key, State, Variable
from oailint.project.values import (
    FOREIGN,
    NOTHING,
    SOMETHING_UNKNOWN,
    UNKNOWN,
    Caught,
    CaughtText,
    CaughtType,
    Class,
    Client,
    External,
    Foreign,
    Function,
    Generator,
    Hidden,
    Instance,
    Items,
    Made,
    Module,
    Package,
    Plain,
    String,
    Value,
    Values,
)

if TYPE_CHECKING:
    from oailint.project.calls import Calls

CONSTANTS: dict[str, Values] = {
    name: frozenset([Plain(value, name)]) for name, value in (("None", None), ("True", True), ("False", False))
}


class Expressions:
    """Evaluates expressions over the state."""

    calls: Calls

    def __init__(self, state: State, classes: Classes) -> None:
        self.state = state
        self.program = state.program
        self.classes = classes
        self.sdk = knowledge.sdk()
        self._sdk_modules = frozenset(self.sdk.modules)
        self._homes: dict[tuple[int, str], int] = {}
        self._routes: dict[tuple[int, str], bool] = {}
        self._variables: dict[tuple[int, str], Variable] = {}
        self._caught = Memo(caught_exceptions)
        self._containers = Memo(containers)
        self._subscripted = Memo(subscripted)
        self._holds_caught = Memo(holds_caught)
        self._texts_of_caught = Memo(texts_of_caught)
        self._texts: dict[str, Values] = {}
        self._builtins: dict[str, Values] = {}
        self.attributes = Attributes(self)
        self._handlers: dict[type, Callable[[Any, int, int], Values]] = {
            facts.Text: self._text,
            facts.Masked: lambda node, scope, region: frozenset([Hidden(self.program.scopes[scope].file, node)]),
            facts.Number: self._number,
            facts.Constant: self._constant,
            facts.Name: self._name,
            facts.Attribute: self._attribute,
            facts.Sequence: self._sequence,
            facts.Starred: lambda node, scope, region: self.elements(self.evaluate(node.value, scope, region)),
            facts.Mapping: self._mapping,
            facts.Format: self._format,
            facts.Operation: self._operation,
            facts.Comparison: self._comparison,
            facts.Subscript: self._subscript,
            facts.Conditional: self._conditional,
            facts.Lambda: self._lambda,
            facts.Comprehension: self._comprehension,
            facts.Await: lambda node, scope, region: self.evaluate(node.value, scope, region),
            facts.Yield: self._yield,
            facts.Named: self._named,
            facts.Slice: self._other,
            facts.Other: self._other,
        }

    def give_calls(self, calls: Calls) -> None:
        """Say who evaluates calls."""
        self.calls = calls
        self._handlers[facts.Call] = calls.call

    def evaluate(self, node: Expr, scope: int, region: int) -> Values:
        """The values that an expression can have at a place. Calls in it take part in the linking."""
        return self._handlers[type(node)](node, scope, region)

    def _text(self, node: facts.Text, scope: int, region: int) -> Values:
        found = self._texts.get(node.value)
        if found is None:
            found = self._texts[node.value] = frozenset([String(node.value)])
        return found

    def _number(self, node: facts.Number, scope: int, region: int) -> Values:
        return frozenset([Plain(node.value, "real" if isinstance(node.value, float) else "integer")])

    # --- names --------------------------------------------------------------------------------

    def home(self, scope: int, name: str) -> int:
        """The scope in which a name used in ``scope`` is bound, -1 if none is known."""
        key = (scope, name)
        found = self._homes.get(key)
        if found is None:
            found = self._homes[key] = self._find_home(scope, name)
        return found

    def is_parameter(self, scope: int, name: str) -> bool:
        """Whether a name used in ``scope`` is a parameter of the function there, or of one around it."""
        found = self._routes.get((scope, name))
        if found is None:
            found = self._routes[scope, name] = self.parameter(scope, name) is not None
        return found

    def parameter(self, scope: int, name: str) -> facts.Parameter | None:
        """The parameter that a name used in ``scope`` is, of the function there or of one around it."""
        home = self.home(scope, name)
        parameters = self.program.scopes[home].facts.parameters if home >= 0 else ()
        return next((one for one in parameters if one.name == name), None)

    def _find_home(self, scope: int, name: str) -> int:
        scopes = self.program.scopes
        info = scopes[scope]
        if name in info.facts.globals:
            return self.program.first_scope[info.file]
        if name in info.names:
            return scope
        scope = info.parent
        while scope >= 0:
            info = scopes[scope]
            if info.facts.kind != "class" and name in info.names:
                return scope
            scope = info.parent
        return -1

    def name(self, scope: int, name: str) -> Values:
        home = self.home(scope, name)
        if home >= 0:
            variable = self._variables[scope, name] = self.state.variable(("name", home, name))
            return self.state.look(variable)
        module = self.program.first_scope[self.program.scopes[scope].file]
        found = self.module_attribute(module, name, set())
        if found is not None:
            return found
        if name not in self._builtins:
            self._builtins[name] = frozenset([FOREIGN if name.startswith("__") else External("builtins." + name)])
        return self._builtins[name]

    def _name(self, node: facts.Name, scope: int, region: int) -> Values:
        """A name at a place. That of an exception means, inside a handler that binds it, what this handler caught."""
        variable = self._variables.get((scope, node.id))
        values = self.state.look(variable) if variable is not None else self.name(scope, node.id)
        if len(values) < 2:
            return values
        caught = [one for one in self._caught(values) if one.scope == scope]
        if len(caught) > 1:
            for number, one in self.program.chain(scope, region):
                if isinstance(one, facts.Handler) and one.name == node.id:
                    return values - {other for other in caught if other.region != number}
        return values

    def module_attribute(self, module: int, name: str, seen: set[int]) -> Values | None:
        """A name of a module of the project, through its star imports; None if it has no such name."""
        info = self.program.scopes[module]
        if name in info.names:
            return self.state.read(("name", module, name))
        seen.add(module)
        for star in info.stars:
            for target in self.import_module(module, star.module, star.level):
                if isinstance(target, Module) and target.scope not in seen:
                    found = self.module_attribute(target.scope, name, seen)
                    if found is not None:
                        return found
                elif isinstance(target, External) and target.name in self.sdk.modules:
                    return frozenset([self.external(f"openai.{name}")])
        return None

    # --- imports ------------------------------------------------------------------------------

    def import_module(self, scope: int, module: str, level: int) -> Values:
        """What ``import module`` (or ``from ...module``) means in the file of ``scope``."""
        path = self.program.path_of(scope)
        modules = self.state.modules
        if level:
            number = modules.at(modules.relative(path, level, module))
            return (
                self.module_value(number, modules.relative(path, level, module))
                if number is not None
                else SOMETHING_UNKNOWN
            )
        found = modules.find(module, path.rpartition("/")[0])
        if found is not None and found.prefix == module:
            return self.module_value(found.number, found.place)
        return frozenset([self.external(module)])

    def module_value(self, number: int, place: str) -> Values:
        """The module in the file of that number, or the folder at ``place`` if it is -1."""
        return frozenset([Module(self.program.first_scope[number]) if number >= 0 else Package(place)])

    def import_name(self, scope: int, statement: facts.Import) -> Values:
        """What ``from module import name`` binds."""
        out: set[Value] = set()
        for module in self.import_module(scope, statement.module, statement.level):
            out.update(self.attributes.of(module, statement.name, (-1, statement.span), scope))
        return frozenset(out)

    def external(self, name: str) -> External | Client:
        """An external name, brought to its usual form: modules that stand for ``openai`` become ``openai``."""
        return Client("openai") if name in self._sdk_modules else External(name)

    # --- attributes ---------------------------------------------------------------------------

    def _attribute(self, node: facts.Attribute, scope: int, region: int) -> Values:
        origin = (self.program.scopes[scope].file, node.span)
        bases = self.evaluate(node.value, scope, region)
        if len(bases) == 1:
            for base in bases:
                return frozenset(self.attributes.of(base, node.name, origin, scope, node.value))
        return self.attributes.of_all(bases, node.name, origin, scope, node.value) if bases else NOTHING

    # --- the other kinds ----------------------------------------------------------------------

    def _constant(self, node: facts.Constant, scope: int, region: int) -> Values:
        return CONSTANTS.get(node.name) or frozenset([Plain(None, node.name)])

    def _sequence(self, node: facts.Sequence, scope: int, region: int) -> Values:
        if id(node) not in self.program.item_nodes:
            return SOMETHING_UNKNOWN  # in a target or an annotation
        items = Items(self.program.item_nodes[id(node)])
        if not any(isinstance(item, facts.Starred) for item in node.items):
            self.state.lengths[items.node] = len(node.items)
        for item in node.items:
            self.state.add(("items", items.node), self.storable(self.evaluate(item, scope, region)))
        return frozenset([items])

    def _mapping(self, node: facts.Mapping, scope: int, region: int) -> Values:
        if id(node) not in self.program.item_nodes:
            return SOMETHING_UNKNOWN
        items = Items(self.program.item_nodes[id(node)])
        if all(key is not None for key in node.keys):
            self.state.lengths[items.node] = len(node.keys)
        for key, value in zip(node.keys, node.values, strict=False):
            values = self.evaluate(value, scope, region)
            self.state.add(("items", items.node), self.storable(self.elements(values) if key is None else values))
            if isinstance(key, facts.Text):
                self.state.add(("item", items.node, key.value), self.storable(values))
            elif key is not None:
                self.evaluate(key, scope, region)
        return frozenset([items])

    def storable(self, values: Values) -> Values:
        """Values without an exception's text: what is stored and read back later is not followed as one."""
        left_out = self._texts_of_caught(values)
        return values.difference(left_out) if left_out else values

    def elements(self, values: Iterable[Value]) -> Values:
        """What iterating over any of the values gives."""
        keys, others = self._containers(frozenset(values))
        if not keys:
            return others
        return others.union(*[self.state.read(key) for key in keys])

    def _format(self, node: facts.Format, scope: int, region: int) -> Values:
        parts = [self.evaluate(part, scope, region) for part in node.parts]
        return self._text_of(parts, whole=len(parts) == 1) or strings.join(parts)

    def _text_of(self, parts: Iterable[Values], *, whole: bool) -> Values:
        """``caught_text`` of all parts."""
        holding = [part for part in parts if self._holds_caught(part)]
        return caught_text((value for part in holding for value in part), whole=whole) if holding else NOTHING

    def _operation(self, node: facts.Operation, scope: int, region: int) -> Values:
        parts = [self.evaluate(part, scope, region) for part in node.operands]
        if node.operator in ("or", "and"):
            return frozenset().union(*parts)
        if node.operator == "+":
            return self._text_of(parts, whole=False) or self._add(parts)
        if node.operator == "%":
            inner = [one for part in parts for one in (part, self.elements(part))]
            return self._text_of(inner, whole=False) or self._percent(node, parts, scope, region)
        if node.operator == "|":
            return frozenset().union(*parts)
        if node.operator == "-" and len(parts) == 1:
            return parts[0]
        return SOMETHING_UNKNOWN

    def _percent(self, node: facts.Operation, parts: list[Values], scope: int, region: int) -> Values:
        right = node.operands[1]
        if isinstance(right, facts.Sequence):
            arguments = [self.evaluate(item, scope, region) for item in right.items]
        else:
            arguments = [parts[1]]
        texts = [value for value in parts[0] if isinstance(value, String)]
        return frozenset().union(*(strings.percent(value.text, arguments) for value in texts)) or SOMETHING_UNKNOWN

    def _add(self, parts: list[Values]) -> Values:
        lists = frozenset(value for part in parts for value in part if isinstance(value, Items))
        self.state.grown.update(value.node for value in lists)
        return lists or strings.join(parts)

    def _comparison(self, node: facts.Comparison, scope: int, region: int) -> Values:
        for operand in node.operands:
            self.evaluate(operand, scope, region)
        return SOMETHING_UNKNOWN

    def _subscript(self, node: facts.Subscript, scope: int, region: int) -> Values:
        self.evaluate(node.index, scope, region)
        items, others = self._subscripted(self.evaluate(node.value, scope, region))
        if not items:
            return others
        out: set[Value] = set(others)
        name = node.index.value if isinstance(node.index, facts.Text) else None
        for base in items:
            named = self.state.read(("item", base.node, name)) if name is not None else NOTHING
            out |= named or self.state.contents(base) or self.state.nothing_yet()
        if isinstance(node.index, (facts.Slice, facts.Other)):  # a slice of a list is a list of the same
            out.update(items)
        return frozenset(out)

    def _conditional(self, node: facts.Conditional, scope: int, region: int) -> Values:
        self.evaluate(node.test, scope, region)
        return self.evaluate(node.body, scope, region) | self.evaluate(node.orelse, scope, region)

    def _lambda(self, node: facts.Lambda, scope: int, region: int) -> Values:
        first = self.program.first_scope[self.program.scopes[scope].file]
        return frozenset([Function(first + node.scope)])

    def _comprehension(self, node: facts.Comprehension, scope: int, region: int) -> Values:
        if id(node) not in self.program.comprehensions:
            return SOMETHING_UNKNOWN
        items = Items(-1 - self.program.comprehensions[id(node)])
        for element in node.elements:
            self.state.add(("items", items.node), self.storable(self.evaluate(element, scope, node.region)))
        return frozenset([items])

    def _yield(self, node: facts.Yield, scope: int, region: int) -> Values:
        if node.value is not None:
            values = self.evaluate(node.value, scope, region)
            self.state.add(("yield", scope), self.elements(values) if node.delegates else values)
        return SOMETHING_UNKNOWN

    def _named(self, node: facts.Named, scope: int, region: int) -> Values:
        values = self.evaluate(node.value, scope, region)
        home = self.home(scope, node.name)
        self.state.add(("name", home, node.name), values)
        return values

    def _other(self, node: Expr, scope: int, region: int) -> Values:
        for child in children(node):
            self.evaluate(child, scope, region)
        return SOMETHING_UNKNOWN

    # --- assignment ---------------------------------------------------------------------------

    def assign(self, target: Expr, values: Values, scope: int, region: int) -> None:
        """Bind a target (name, attribute, subscript, tuple) to values."""
        if isinstance(target, facts.Name):
            self.state.add(("name", self.home(scope, target.id), target.id), values)
        elif isinstance(target, facts.Attribute):
            self._assign_attribute(target, values, scope, region)
        elif isinstance(target, facts.Subscript):
            self.evaluate(target.index, scope, region)
            for base in self.evaluate(target.value, scope, region):
                if isinstance(base, Items):
                    self.state.grown.add(base.node)
                    self.state.add(("items", base.node), self.storable(values))
                    if isinstance(target.index, facts.Text):
                        self.state.add(("item", base.node, target.index.value), self.storable(values))
        elif isinstance(target, facts.Sequence):
            known = self.calls.externals.loaded.names_one  # module, name = path.rsplit(".", 1): each part stands for it
            parts = self.elements(value for value in values if not isinstance(value, String) or known(value))
            for item in target.items:
                self.assign(item, parts, scope, region)
        elif isinstance(target, facts.Starred):
            self.assign(target.value, values, scope, region)

    def _assign_attribute(self, target: facts.Attribute, values: Values, scope: int, region: int) -> None:
        for base in self.evaluate(target.value, scope, region):
            key: Key | None = None
            if isinstance(base, (Instance, Class)):
                key = ("attr", base.scope, target.name)
            elif isinstance(base, Module):
                key = ("name", base.scope, target.name)
                self.program.scopes[base.scope].names.add(target.name)
            elif isinstance(base, Client):
                key = ("setting", base.name, base.site, target.name)
            if key is not None:
                self.state.add(key, self.storable(values))


def subscripted(values: Values) -> tuple[list[Items], Values]:
    """The containers among values, and what ``value[...]`` of the others is."""
    items = [value for value in values if isinstance(value, Items)]
    others = values.difference(items)
    return items, frozenset(one if isinstance(one, (CaughtText, String, Class)) else UNKNOWN for one in others)


def texts_of_caught(values: Values) -> list[Value]:
    return [value for value in values if isinstance(value, (CaughtText, CaughtType))]


def caught_exceptions(values: Values) -> list[Caught]:
    return [value for value in values if isinstance(value, Caught)]


def holds_caught(values: Values) -> bool:
    """Whether a text made of any of the values tells what was caught."""
    return any(isinstance(value, (Caught, CaughtText)) for value in values)


def containers(values: Values) -> tuple[list[Key], Values]:
    """Whose contents iterating over the values gives, and what else."""
    keys: list[Key] = []
    others: set[Value] = set()
    for value in values:
        if isinstance(value, Items):
            keys.append(("items", value.node))
        elif isinstance(value, Generator):
            keys.append(("yield", value.scope))
        elif isinstance(value, (CaughtText, String, Made, Foreign)):
            others.add(value)
        else:
            others.add(UNKNOWN)
    return keys, frozenset(others)


def caught_text(values: Iterable[Value], *, whole: bool) -> Values:
    """The exception texts that a string built from the values holds; ``whole`` if it holds nothing else."""
    out: set[Value] = set()
    for value in values:
        if isinstance(value, CaughtText):
            out.add(value._replace(whole=value.whole and whole))
        elif isinstance(value, Caught):
            out.add(CaughtText(value.scope, value.region, "str", whole))
    return frozenset(out)


__all__ = ["NOTHING", "Expressions", "caught_text", "target_names"]
