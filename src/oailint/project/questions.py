"""What an expression asks the text of an exception: the tests in it, each as a whole that can be replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from oailint import facts, knowledge
from oailint.facts import Expr, Span
from oailint.findings import Location
from oailint.project.bound import DOES_MORE, MORE, Bound, Declined
from oailint.project.graph import Graph
from oailint.project.model import Question
from oailint.project.program import children, comprehension_region, walk
from oailint.project.values import CaughtText, External, Items, String, Values

WHOLE = frozenset(("startswith", "endswith", "__contains__"))
"""Methods of a text whose value is a verdict."""
ANCHORED = frozenset(("startswith", "endswith", "re.match"))
"""Tests that look at one end of a text."""
ALWAYS = frozenset(("re.finditer", "regex.finditer"))
"""Searches whose value is true whatever they find."""
CLASS = "class"
"""The source of a question that is a typed test already."""
FOUND_AT = frozenset(("find", "rfind", "count"))
"""Methods of a text that give a number, which says by comparison whether something is in it."""
NOT_FIXED = "what it looks for is not a fixed text"
USED = "what the search finds is used, not only whether it finds something"
_SIGNS: dict[tuple[str, str, float | None], bool] = {
    ("find", "!=", -1): True, ("find", ">", -1): True, ("find", ">=", 0): True, ("find", "==", -1): False,
    ("find", "<", 0): False, ("count", ">", 0): True, ("count", ">=", 1): True, ("count", "!=", 0): True,
    ("count", "==", 0): False, ("count", "<", 1): False,
}  # fmt: skip
"""What comparing a place or a number with a bound says: whether the text is there."""
_PLAIN_PATTERN = re.compile(r"[\w\s'\"_\-/:,]+")


class Found(Struct, frozen=True):
    """One comparison with an exception's text, before those of one expression are put together.

    ``text`` is the operand that holds the text, ``sought`` the one that holds what is looked for.
    """

    scope: int
    region: int
    span: Span
    caught: CaughtText
    texts: tuple[str, ...]
    operation: str
    node: Expr | None = None
    text: Expr | None = None
    sought: Expr | None = None


class Asked(Struct, frozen=True):
    """The questions of one expression, the handlers or predicates whose exception they are about (as ``Caught`` has
    them), and the statements that hold its text for them alone."""

    questions: tuple[Question, ...]
    origins: frozenset[tuple[int, int]]
    leftovers: tuple[Location, ...]


class Questions:
    """Reads the questions off expressions."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.program = graph.program
        self.linker = graph.linker
        self.bound = Bound(graph)
        self._tests: dict[int, set[int]] = {}

    def read(self, root: Expr, region: int, found: Sequence[Found]) -> Asked:
        """The questions of the expression ``root``, in which ``found`` are all comparisons with one exception's text.

        Raises Declined, with the reason, if one of them has no form that can be replaced.
        """
        scope = found[0].scope
        reading = _Reading(self, scope, {id(one.node): one for one in found})
        questions = tuple(reading.collect(root, region, id(root) in self._test_roots(scope)))
        left = [one for key, one in reading.found.items() if key not in reading.taken]
        if left:
            raise Declined(USED if left[0].operation.rpartition(".")[2] in USING else "its form is not known")
        return Asked(questions, frozenset(reading.origins), tuple(dict.fromkeys(reading.leftovers)))

    def _test_roots(self, scope: int) -> set[int]:
        """The expressions of which only the truth counts."""
        if scope not in self._tests:
            found = self._tests[scope] = set()
            for region in self.program.scopes[scope].facts.regions:
                if isinstance(region, (facts.Branch, facts.While)):
                    found.add(id(region.test))
                elif isinstance(region, facts.For):
                    found.update(id(one) for one in region.conditions)
                elif isinstance(region, facts.Case) and region.guard is not None:
                    found.add(id(region.guard))
        return self._tests[scope]


USING = frozenset(("search", "match", "fullmatch", "findall", "finditer", "index", *FOUND_AT))


class _Reading:
    """The reading of one expression."""

    def __init__(self, owner: Questions, scope: int, found: Mapping[int, Found]) -> None:
        self.owner = owner
        self.program, self.linker = owner.program, owner.linker
        self.scope = scope
        self.path = self.program.path_of(scope)
        self.found = found
        self.taken: set[int] = set()
        self.origins: set[tuple[int, int]] = set()
        self.leftovers: list[Location] = []

    def collect(self, node: Expr, region: int, truth: bool) -> Iterator[Question]:
        """The largest expressions inside ``node`` that ask the text and nothing else. ``truth``: only the truth of
        ``node`` counts."""
        question = self._question(node, region, truth) or self._end_of_chain(node, region, truth)
        if question is not None and _asks_text(question):
            yield question
            return
        inner = comprehension_region(node, region)
        for child in children(node):
            yield from self.collect(child, inner, self._truth(node, child, truth))

    def _truth(self, node: Expr, child: Expr, truth: bool) -> bool:
        if isinstance(node, facts.Operation):
            return node.operator == "not" or (node.operator in ("and", "or") and truth)
        if isinstance(node, facts.Conditional):
            return child is node.test
        return isinstance(node, facts.Call) and any(self._is_builtin(node.func, one) for one in ("bool", "any", "all"))

    def _question(self, node: Expr, region: int, truth: bool) -> Question | None:
        if id(node) in self.found and isinstance(node, (facts.Comparison, facts.Call)):
            return self._leaf(self.found[id(node)], node, truth)
        if isinstance(node, facts.Operation):
            return self._operation(node, region, truth)
        if isinstance(node, facts.Comparison):
            return self._verdict_on_number(node)
        if isinstance(node, facts.Call):
            return self._quantified(node, region) or self._class_test(node, region)
        return None

    # --- questions of questions ---------------------------------------------------------------

    def _operation(self, node: facts.Operation, region: int, truth: bool) -> Question | None:
        if node.operator not in ("not", "and", "or"):
            return None
        known = self._all_known(node.operands, node, region, truth)
        if not known:
            return None
        if node.operator == "not":
            return replace(known[0], location=self._at(node.span), negated=not known[0].negated)
        return Question(self._at(node.span), known[0].exception, node.operator, parts=tuple(known))

    def _all_known(self, nodes: Sequence[Expr], around: Expr, region: int, truth: bool) -> list[Question]:
        """The questions of several expressions about one exception; none if one of them asks something else."""
        state = (set(self.taken), set(self.origins), list(self.leftovers))
        inner = [self._question(one, region, self._truth(around, one, truth)) for one in nodes]
        known = [one for one in inner if one is not None]
        if len(known) == len(inner) and len({one.exception for one in known}) == 1:
            return known
        self.taken, self.origins, self.leftovers = state
        return []

    def _end_of_chain(self, node: Expr, region: int, truth: bool) -> Question | None:
        """The last operands of ``x or "429" in str(e) or "rate limit" in str(e)``, as one question; what stands before
        them stays."""
        if not isinstance(node, facts.Operation) or node.operator not in ("and", "or"):
            return None
        known: list[Question] = []
        before: Expr = node
        while isinstance(before, facts.Operation) and before.operator == node.operator:
            left, right = before.operands
            found = self._all_known([right], node, region, truth)
            if not found or (known and found[0].exception != known[0].exception):
                break
            known.insert(0, found[0])
            before = left
        asks = [inner for inner, _ in walk(before) if id(inner) in self.found]
        if len(known) < 2 or not isinstance(before, (facts.Operation, facts.Comparison, facts.Call)) or asks:
            return None
        stays = self._at(before.span)
        return Question(self._at(node.span), known[0].exception, node.operator, parts=tuple(known), before=stays)

    def _class_test(self, node: facts.Call, region: int) -> Question | None:
        """``isinstance(e, openai.RateLimitError)``: a typed test already, which a question can be joined with."""
        if not self._is_builtin(node.func, "isinstance") or len(node.arguments) != 2:
            return None
        exception, classes = (one.value for one in node.arguments)
        if not isinstance(exception, facts.Name) or any(one.star or one.keyword for one in node.arguments):
            return None
        each = classes.items if isinstance(classes, facts.Sequence) else (classes,)
        found = [self.linker.evaluate(one, self.scope, region) for one in each]
        names = [value.name for values in found if len(values) == 1 for value in values if isinstance(value, External)]
        if not names or len(names) < len(found) or not set(names) <= set(knowledge.errors().classes):
            return None
        if not all(name.startswith("openai.") for name in names):
            return None
        return Question(self._at(node.span), exception.id, texts=tuple(names), source=CLASS)

    def _quantified(self, node: facts.Call, region: int) -> Question | None:
        """``any(text in str(e) for text in (...))``, and ``all``; ``any([a, b])``; ``bool(a)``."""
        if len(node.arguments) == 1 and self._is_builtin(node.func, "bool"):
            known = self._all_known([node.arguments[0].value], node, region, True)
            return replace(known[0], location=self._at(node.span)) if known else None
        quantifier = next((name for name in ("any", "all") if self._is_builtin(node.func, name)), "")
        if not quantifier or len(node.arguments) != 1:
            return None
        each = node.arguments[0].value
        if isinstance(each, facts.Sequence):
            known = self._all_known(each.items, node, region, True)
            joined = "or" if quantifier == "any" else "and"
            return Question(self._at(node.span), known[0].exception, joined, parts=tuple(known)) if known else None
        if not isinstance(each, facts.Comprehension) or len(each.elements) != 1 or each.kind == "dict":
            return None
        element = each.elements[0]
        one = self.found.get(id(element))
        if one is None or not isinstance(element, facts.Comparison):
            return None
        clause = self.program.region(self.scope, each.region)
        if not isinstance(clause, facts.For) or clause.conditions or not isinstance(clause.target, facts.Name):
            raise Declined("what runs through the texts is not a plain `for`")
        if not self._is_target(one.sought, clause.target.id) or one.operation not in ("in", "not in"):
            raise Declined(NOT_FIXED)
        if self._is_nested(clause.parent):
            raise Declined("what runs through the texts is not a plain `for`")
        if any(isinstance(value, String) for value in self.linker.evaluate(clause.iterable, self.scope, clause.parent)):
            raise Declined(NOT_FIXED)  # it goes through the letters of a text
        texts = self._texts(clause.iterable, clause.parent, several=True)
        negative = one.operation == "not in"
        # not any(a not in t) is all(a in t), and the other way round
        joined = "or" if (quantifier == "any") != negative else "and"
        return self._question_of(one, element, node.span, texts, joined, negative)

    def _is_nested(self, region: int) -> bool:
        around = self.program.region(self.scope, region) if region > 0 else None
        return isinstance(around, facts.For) and around.is_comprehension

    def _is_target(self, node: Expr | None, name: str) -> bool:
        if isinstance(node, facts.Call) and isinstance(node.func, facts.Attribute) and not node.arguments:
            node = node.func.value if node.func.name in ("lower", "casefold") else node
        return isinstance(node, facts.Name) and node.id == name

    def _verdict_on_number(self, node: facts.Comparison) -> Question | None:
        """``str(e).find("429") >= 0``, ``re.search("429", str(e)) is not None``."""
        call, operator = node.operands[0], node.operators[0]
        one = self.found.get(id(call))
        if one is None or not isinstance(call, facts.Call) or len(node.operators) > 1:
            return None
        bound = node.operands[1]
        if bound == facts.Constant("None") and operator in ("is", "is not", "==", "!="):
            positive: bool | None = operator in ("is not", "!=")
        else:
            positive = _SIGNS.get((one.operation.replace("rfind", "find"), operator, _number(bound)))
        if positive is None:
            return None
        return self._question_of(one, call, node.span, self._sought(one), "or", not positive)

    # --- one comparison -----------------------------------------------------------------------

    def _leaf(self, one: Found, node: facts.Comparison | facts.Call, truth: bool) -> Question | None:
        if isinstance(node, facts.Comparison):
            if len(node.operators) > 1:
                raise Declined("it is a chain of comparisons")
            negative = one.operation in ("not in", "!=")
            exact = one.operation in ("==", "!=") or one.text is node.operands[0]
            return self._question_of(one, node, node.span, self._sought(one, several=exact), "or", negative, exact)
        if one.operation.startswith(("re.", "regex.")):
            if not truth or one.operation in ALWAYS:
                return None
            return self._question_of(one, node, node.span, self._sought(one), "or", False, "fullmatch" in one.operation)
        if one.operation in WHOLE or (one.operation == "count" and truth):
            several = one.operation in ("startswith", "endswith")
            return self._question_of(one, node, node.span, self._sought(one, several=several), "or", False)
        return None

    def _question_of(
        self, one: Found, node: Expr, span: Span, texts: tuple[str, ...], joined: str, negated: bool,
        exact: bool = False,
    ) -> Question:  # fmt: skip
        assert one.text is not None
        if any(isinstance(inner, MORE) for inner, _ in walk(node)):
            raise Declined(DOES_MORE)
        held = self.owner.bound.find(one.text, one.scope, one.region, one.caught, one.span)
        self.taken.add(id(node))
        self.origins |= held.origins
        self.leftovers += held.leftovers
        return Question(
            self._at(span), held.name, joined if len(texts) > 1 else "or", negated, texts, one.caught.source, exact,
            one.caught.whole and held.whole, anchored=one.operation in ANCHORED,
        )  # fmt: skip

    def _sought(self, one: Found, *, several: bool = False) -> tuple[str, ...]:
        if one.sought is None:
            raise Declined("the pattern is made elsewhere")
        texts = self._texts(one.sought, one.region, several=several)
        if one.operation.startswith(("re.", "regex.")):
            return alternatives(texts[0])
        if one.operation.startswith("fnmatch."):
            return (texts[0].strip("*"),)
        return texts

    def _texts(self, node: Expr, region: int, *, several: bool) -> tuple[str, ...]:
        """The fixed texts that an expression means: one, or ``several`` in a list or tuple."""
        if several and isinstance(node, facts.Sequence):
            return tuple(
                dict.fromkeys(text for item in node.items for text in self._texts(item, region, several=False))
            )
        values = self.linker.evaluate(node, self.scope, region)
        for value in values if several else ():
            if isinstance(value, Items) and len(values) == 1 and value.node not in self.linker.state.grown:
                return self._fixed(self.linker.state.contents(value))
        if len(values) != 1:
            raise Declined(NOT_FIXED)
        return self._fixed(values)

    def _fixed(self, values: Values) -> tuple[str, ...]:
        texts = tuple(sorted(value.text for value in values if isinstance(value, String) and "{}" not in value.text))
        if not texts or len(texts) < len(values):
            raise Declined(NOT_FIXED)
        return texts

    # --- small things -------------------------------------------------------------------------

    def _is_builtin(self, node: Expr, name: str) -> bool:
        values = self.linker.evaluate(node, self.scope, 0) if isinstance(node, facts.Name) else frozenset()
        return any(isinstance(value, External) and value.name == f"builtins.{name}" for value in values)

    def _at(self, span: Span) -> Location:
        return Location(self.path, span)


def _asks_text(question: Question) -> bool:
    return any(map(_asks_text, question.parts)) if question.parts else question.source != CLASS


def _number(node: Expr) -> float | None:
    if isinstance(node, facts.Operation) and node.operator == "-" and isinstance(node.operands[0], facts.Number):
        return -node.operands[0].value
    return node.value if isinstance(node, facts.Number) else None


def alternatives(pattern: str) -> tuple[str, ...]:
    """The plain texts that a regular expression is made of: ``rate limit|429``. Raises Declined if it is not."""
    inner = pattern.removeprefix("(?i)").removeprefix(".*").removesuffix(".*")
    if inner.startswith("(") and inner.endswith(")") and inner.count("(") == 1:
        inner = inner[1:-1].removeprefix("?:")
    out = []
    for one in inner.split("|"):
        text = one
        for mark in (".*", r"\b"):
            text = text.removeprefix(mark).removesuffix(mark)
        text = re.sub(r"\\([.'\"_\-/:, ])", r"\1", text.replace(r"\s+", " ").replace(r"\s", " "))
        if not _PLAIN_PATTERN.fullmatch(text.rstrip(".")):
            raise Declined("the pattern is more than plain words")
        out.append(text.rstrip("."))
    return tuple(dict.fromkeys(out))
