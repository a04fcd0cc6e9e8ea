"""By which name an exception is known where its text is tested, and which exception that is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from oailint import facts
from oailint.facts import Expr, Region, Span
from oailint.findings import Location
from oailint.project.graph import Graph
from oailint.project.program import scope_expressions, target_names, walk
from oailint.project.values import Caught, CaughtText, CaughtType, External, Function, String

ANOTHER = frozenset(("__cause__", "__context__"))
"""Attributes of an exception that hold another one."""
WHOLE_TEXT = frozenset(("lower", "upper", "casefold", "strip", "lstrip", "rstrip", "__str__", "__repr__"))
"""Methods that give all of a text, in other letters at most."""
MAKERS = frozenset(("str", "repr", "ascii", "format", "type", "getattr"))
"""Functions that give the text of an exception, or what it is made of."""
MORE = (facts.Named, facts.Await, facts.Yield)
"""Expressions that do more than give a value."""
NO_NAME = "the handler gives the exception no name"
OUT_OF_REACH = "the exception is no longer bound where its text is tested"
ONLY_TEXT = "only the text of the exception comes here"
IN_ATTRIBUTE = "the exception is kept in an attribute, which may hold another one by then"
ANOTHERS = "it is the text of another exception, which this one holds"
CALLED = "its text comes from a function that may do more than hand it on"
GIVEN_TEXT = "the function that asks is given plain texts too, not only exceptions"
DOES_MORE = "the test does more than ask: it names a value, or waits for one"


class Declined(Exception):
    """There is no fix; the text says why."""


class Held(Struct, frozen=True):
    """The exception's name, the handlers that it can come from (as ``Caught`` has them), the statements that put
    its text into a variable, and whether that is all of its text and nothing else."""

    name: str
    origins: frozenset[tuple[int, int]]
    leftovers: tuple[Location, ...]
    whole: bool


class _Trace(Struct):
    names: dict[str, int] = field(default_factory=dict)
    """The exceptions that a text is made of, with the region where each is read."""
    through: list[facts.Assign] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)
    whole: bool = True
    mixed: str = ""
    """A variable that can hold another text as well."""


class Bound:
    """Follows a text back to the exception that it is made of."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.program = graph.program
        self.linker = graph.linker

    def find(self, text: Expr, scope: int, region: int, caught: CaughtText, span: Span) -> Held:
        """The exception of ``text``, which is tested at ``span`` in a region of a scope. Raises Declined if no name
        holds it there."""
        trace = _Trace()
        self._follow(text, scope, region, trace, span)
        if not trace.names and (caught.scope, caught.region) == (scope, self._handler(scope, region)):
            # traceback.format_exc() and sys.exc_info() name no exception
            trace.names[self._name_of(scope, caught.region)] = region
        if len(trace.names) != 1:
            raise Declined(ONLY_TEXT if not trace.names else "its text is made of several exceptions")
        ((name, read),) = trace.names.items()
        if trace.through:
            self._check_reach(name, scope, region, [one.region for one in trace.through])
        else:
            self._check_still(name, scope, read)
        if trace.mixed:
            raise Declined(f"`{trace.mixed}` can hold another text by then")
        leftovers = tuple(Location(self.program.path_of(scope), one.span) for one in trace.through)
        return Held(name, self._origins(name, scope, read), leftovers, trace.whole)

    # --- from the text to the name ------------------------------------------------------------

    def _follow(
        self, text: Expr, scope: int, region: int, trace: _Trace, span: Span, *, stays: bool = False
    ) -> None:  # fmt: skip
        """Note what a text is made of. ``stays``: the statement that makes it does, if it does more than that."""
        try:
            trace.whole = self._is_whole(text, scope, region) and trace.whole
        except Declined:
            if not stays:
                raise
            trace.whole = False
        for node, place in walk(text, region):
            if isinstance(node, facts.Attribute):
                self._check_attribute(node, scope, place)
            if not isinstance(node, facts.Name):
                continue
            values = self.linker.evaluate(node, scope, place)
            is_text = any(isinstance(value, (CaughtText, CaughtType)) for value in values)
            if any(isinstance(value, Caught) for value in values):
                if is_text:
                    raise Declined(ONLY_TEXT)
                trace.names[node.id] = place
            elif is_text:
                self._follow_variable(node.id, scope, region, trace, span)

    def _check_attribute(self, node: facts.Attribute, scope: int, region: int) -> None:
        if any(isinstance(value, Caught) for value in self.linker.evaluate(node, scope, region)):
            raise Declined(ANOTHERS if node.name in ANOTHER else IN_ATTRIBUTE)

    def _follow_variable(self, name: str, scope: int, region: int, trace: _Trace, span: Span) -> None:
        if name in trace.variables:
            return
        trace.variables.add(name)
        if self.linker.expressions.home(scope, name) != scope:
            raise Declined("its text is tested in another function")
        if any(one.name == name for one in self.program.scopes[scope].facts.parameters):
            raise Declined(ONLY_TEXT)
        if self._follow_named(name, scope, trace, span):
            return
        for statement in self._assignments(name, scope, region, span):
            if statement.value is None:
                continue
            self._follow(statement.value, scope, statement.region, trace, span, stays=True)
            values = self.linker.evaluate(statement.value, scope, statement.region)
            is_text = any(isinstance(value, (Caught, CaughtText, CaughtType)) for value in values)
            if is_text or isinstance(statement.value, facts.Sequence) or statement.operator:
                trace.through.append(statement)
                trace.whole = trace.whole and is_text and not statement.operator
            else:
                trace.mixed = name

    def _follow_named(self, name: str, scope: int, trace: _Trace, span: Span) -> bool:
        """Follow a variable that gets its value inside an expression (``name := value``), if this one does."""
        info = self.program.scopes[scope].facts
        named = [
            (node, place)
            for region, root in scope_expressions(info)
            for node, place in walk(root, region)
            if isinstance(node, facts.Named) and node.name == name
        ]
        if not named:
            return False
        if len(named) > 1 or any(name in set(bound_by(one)) for one in info.statements):
            raise Declined(f"`{name}` can hold another text by then")
        self._follow(named[0][0].value, scope, named[0][1], trace, span)
        return True

    def _assignments(self, name: str, scope: int, region: int, span: Span) -> list[facts.Assign]:
        """The assignments of a variable whose value can be there at ``span``: of those in the innermost handler around
        it that has some, the last one that it surely passes, and what comes after."""
        found = [
            one for one in self.program.scopes[scope].facts.statements
            if isinstance(one, facts.Assign) and name in set(bound_by(one))
        ]  # fmt: skip
        for number, around in self.program.chain(scope, region):
            if isinstance(around, facts.Handler):
                inside = [one for one in found if self.program.within(scope, one.region, number)]
                if inside:
                    found = inside
                    break
        earlier = [one for one in found if one.span < span]
        sure = [
            one for one in earlier
            if self.program.within(scope, region, one.region) and not one.operator and not self._mentions(one, name)
        ]  # fmt: skip
        last = max(sure, key=lambda one: one.span, default=None)
        loops = [number for number, around in self.program.chain(scope, region) if is_loop(around)]
        return [
            one for one in found
            if (one.span < span and (last is None or one.span >= last.span))
            or (one.span > span and any(self._comes_round(one, last, scope, number) for number in loops))
        ]  # fmt: skip

    def _comes_round(self, late: facts.Assign, last: facts.Assign | None, scope: int, loop: int) -> bool:
        """Whether a value that is given after the test is there in the next turn of a loop."""
        return self.program.within(scope, late.region, loop) and not (
            last is not None and self.program.within(scope, last.region, loop)
        )

    def _mentions(self, statement: facts.Assign, name: str) -> bool:
        return statement.value is not None and any(
            isinstance(node, facts.Name) and node.id == name for node, _ in walk(statement.value)
        )

    # --- what the text is made of -------------------------------------------------------------

    def _is_whole(self, node: Expr, scope: int, region: int) -> bool:
        """Whether an expression gives all of an exception's text, and nothing else. Raises Declined if it does more
        than that."""
        if isinstance(node, (facts.Name, facts.Constant)):
            return True
        if isinstance(node, facts.Text):
            return not node.value
        if isinstance(node, facts.Format):
            return len(node.parts) == 1 and self._is_whole(node.parts[0], scope, region)
        if isinstance(node, facts.Attribute):
            return self._is_whole(node.value, scope, region)
        if isinstance(node, facts.Subscript):  # e.args[0]
            return isinstance(node.value, facts.Attribute) and node.value.name == "args" and _is_zero(node.index)
        if isinstance(node, facts.Operation):
            return node.operator in ("or", "and") and all(self._is_whole(one, scope, region) for one in node.operands)
        if isinstance(node, facts.Conditional):
            return self._is_whole(node.body, scope, region) and self._is_whole(node.orelse, scope, region)
        if isinstance(node, facts.Named):
            return self._is_whole(node.value, scope, region)
        return isinstance(node, facts.Call) and self._call_is_whole(node, scope, region)

    def _call_is_whole(self, node: facts.Call, scope: int, region: int) -> bool:
        callees = self.linker.evaluate(node.func, scope, region)
        functions = [value for value in callees if isinstance(value, Function)]
        if functions:
            if not all(self._only_returns(value.scope) for value in functions):
                raise Declined(CALLED)
            return False
        if isinstance(node.func, facts.Attribute) and node.func.name in WHOLE_TEXT:
            return self._is_whole(node.func.value, scope, region)
        names = {value.name for value in callees if isinstance(value, External)}
        if not names or not names <= {f"builtins.{name}" for name in MAKERS}:
            return all(name.startswith("traceback.") for name in names) and bool(names)
        if names == {"builtins.getattr"}:
            return all(self._is_whole(one.value, scope, region) for one in (*node.arguments[:1], *node.arguments[2:]))
        return len(node.arguments) == 1 and self._is_whole(node.arguments[0].value, scope, region)

    def _only_returns(self, scope: int) -> bool:
        statements = self.program.scopes[scope].facts.statements
        return all(isinstance(one, (facts.Assign, facts.Return)) for one in statements)

    # --- whether the name still means it ------------------------------------------------------

    def _check_still(self, name: str, scope: int, region: int) -> None:
        """Declines if a name that a handler binds, or a parameter, is given another value."""
        home = self._home(name, scope, region)
        is_parameter = any(one.name == name for one in self.program.scopes[scope].facts.parameters)
        if (home or is_parameter) and name in set(self._bound_in(scope, home)):
            raise Declined(f"`{name}` is given another value before its text is tested")

    def _home(self, name: str, scope: int, region: int) -> int:
        """The handler around a place that binds ``name``; 0 if there is none."""
        return next(
            (
                number for number, around in self.program.chain(scope, region)
                if isinstance(around, facts.Handler) and around.name == name
            ),
            0,
        )  # fmt: skip

    def _check_reach(self, name: str, scope: int, region: int, places: list[int]) -> None:
        """Declines if ``name`` can mean something else, or nothing, where it is to be read."""
        info = self.program.scopes[scope].facts
        home = self._home(name, scope, places[-1])
        if home:
            if not self.program.within(scope, region, home):
                raise Declined(OUT_OF_REACH)
        elif not any(one.name == name for one in info.parameters):
            raise Declined(OUT_OF_REACH)
        if name in set(self._bound_in(scope, home)):
            raise Declined(f"`{name}` is given another value before its text is tested")

    def _bound_in(self, scope: int, region: int) -> Iterator[str]:
        """The names that are bound, or deleted at the end of a handler, inside a region."""
        info = self.program.scopes[scope].facts
        for statement in info.statements:
            if isinstance(statement, facts.Assign) and self.program.within(scope, statement.region, region):
                for target in statement.targets:
                    yield from target_names(target)
            elif isinstance(statement, facts.Evaluate) and isinstance(statement.value, facts.Other):
                if self.program.within(scope, statement.region, region):  # del name
                    yield from (one.id for one in statement.value.children if isinstance(one, facts.Name))
        for number, one in enumerate(info.regions):
            if number == region or not self.program.within(scope, number, region):
                continue
            if isinstance(one, facts.Handler):
                yield one.name
            elif isinstance(one, facts.For) and not one.is_comprehension:
                yield from target_names(one.target)
            elif isinstance(one, facts.With):
                for target_or_none in one.targets:
                    yield from target_names(target_or_none) if target_or_none is not None else ()

    # --- which exception ----------------------------------------------------------------------

    def _origins(self, name: str, scope: int, region: int) -> frozenset[tuple[int, int]]:
        """The handlers whose exception a name can mean; (-1, -1) stands for what is not known."""
        for number, around in self.program.chain(scope, region):
            if isinstance(around, facts.For) and name in target_names(around.target):
                break
            if isinstance(around, facts.Handler) and around.name == name:
                if around.group:
                    raise Declined("`except*` gives a group of exceptions")
                return frozenset([(scope, number)])
        values = self.linker.evaluate(facts.Name(name), scope, region)
        if not self._is_given_exceptions(name, scope) or self._may_be_another(name, scope):
            return frozenset([(-1, -1)])
        return frozenset(
            (value.scope, value.region) if isinstance(value, Caught) else (-1, -1)
            for value in values
        )  # fmt: skip

    def _is_given_exceptions(self, name: str, scope: int) -> bool:
        """Whether the calls that are known give nothing but exceptions for a parameter; true for other names. Raises
        Declined if one gives a text."""
        home = self.linker.expressions.home(scope, name)
        parameter = self.linker.expressions.parameter(home, name)
        if parameter is None:
            return True
        if parameter.annotation is not None and _names_str(parameter.annotation):
            raise Declined(GIVEN_TEXT)
        if isinstance(parameter.default, facts.Text):
            raise Declined(GIVEN_TEXT)
        sure = parameter.default in (None, facts.Constant("None"))
        for edge in self.graph.edges_into(home):
            if edge.via != "call":
                continue
            site = self.program.sites[edge.site]
            argument = self.program.argument(site.call, parameter, home)
            values = self.linker.evaluate(argument, site.scope, site.region) if argument is not None else frozenset()
            if any(isinstance(one, (String, CaughtText)) for one in values):
                raise Declined(GIVEN_TEXT)
            sure = sure and bool(values) and all(isinstance(one, Caught) for one in values)
        return sure

    def _may_be_another(self, name: str, scope: int) -> bool:
        """Whether a name is given an exception that another one holds (``e.__cause__ or e``)."""
        return any(
            isinstance(node, facts.Attribute) and node.name in ANOTHER
            for one in self.program.scopes[scope].facts.statements
            if isinstance(one, facts.Assign) and one.value is not None and name in set(bound_by(one))
            for node, _ in walk(one.value)
        )

    def _handler(self, scope: int, region: int) -> int:
        for number, around in self.program.chain(scope, region):
            if isinstance(around, facts.Handler):
                return number
        return -1

    def _name_of(self, scope: int, region: int) -> str:
        handler = self.program.region(scope, region)
        assert isinstance(handler, facts.Handler)
        if not handler.name:
            raise Declined(NO_NAME)
        return handler.name


def bound_by(statement: facts.Statement) -> Iterator[str]:
    """The names that an assignment gives a value to."""
    for target in statement.targets if isinstance(statement, facts.Assign) else ():
        yield from target_names(target)


def _names_str(annotation: Expr) -> bool:
    return any(
        (isinstance(node, facts.Name) and node.id == "str")
        or (isinstance(node, facts.Text) and "str" in re.findall(r"\w+", node.value))
        for node, _ in walk(annotation)
    )


def is_loop(region: Region) -> bool:
    """Whether a region runs again and again, as a statement."""
    return isinstance(region, facts.While) or (isinstance(region, facts.For) and not region.is_comprehension)


def _is_zero(node: Expr) -> bool:
    return isinstance(node, facts.Number) and node.value == 0
