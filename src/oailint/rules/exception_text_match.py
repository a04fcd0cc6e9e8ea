"""OAI201: a decision on the text of an OpenAI error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from oailint import knowledge
from oailint.findings import Confidence, Finding, FixPlan, Location, Related, Safety, Severity, Substitute
from oailint.rules.base import Rule
from oailint.rules.narrowing import coming, narrowed
from oailint.rules.typed_tests import (
    CLASS_NAME,
    Answer,
    NoTypedTest,
    Typed,
    answer,
    check_possible,
    classes_of,
    lookup,
    written,
    written_after,
)

if TYPE_CHECKING:
    from oailint.project.meaning import Project
    from oailint.project.model import Question, TextTest


PREDICATES = {True: "tenacity.retry_if_exception_type", False: "tenacity.retry_if_exception"}
"""What asks the class of an exception, and what asks a function about it."""
HOLE = re.compile(r"\{(\d+)\}")
NOT_KNOWN = "it is not known that an error of OpenAI's comes here"
HTTP_ERROR = "it is the error of an HTTP library, not of the SDK"


class ExceptionTextMatch(Rule):
    """Tests on ``str(e)``, ``e.message`` and their like where an OpenAI request can have raised ``e``."""

    code = "OAI201"
    name = "exception-text-match"
    family = "errors"
    summary = "a decision on the text of an OpenAI error"
    severity = Severity.ERROR
    fixable = True

    def check(self, project: Project) -> Iterator[Finding]:
        for test in project.tests:
            fragments = [(text, found) for text in test.texts for found in (lookup(text),) if found is not None]
            where = "this retry shows it the exception" if test.by_retry else "the exception is caught here"
            related = () if test.handler == test.location else (Related(test.handler, where),)
            plan, unfixable = plan_for(test)
            yield self.finding(
                test.location, self._message(test, fragments), subject=" ".join(test.texts) or test.operation,
                confidence=test.confidence, related=related, help=self._help(test, fragments), plan=plan,
                unfixable=unfixable,
            )  # fmt: skip

    def _message(self, test: TextTest, fragments: list[tuple[str, knowledge.Fragment]]) -> str:
        if test.source == CLASS_NAME:
            return (
                "the name of the exception's class, compared as text, decides what happens; "
                "a subclass or a rename passes by it"
            )
        shown = ", ".join(f'"{text}"' for text in test.texts[:3]) or "its wording"
        message = f"the text of an OpenAI error ({shown}) decides what happens"
        fates = [fate for text, fragment in fragments if (fate := self._fate(test, text, fragment))]
        return "; ".join([message, *dict.fromkeys(fates)])

    def _fate(self, test: TextTest, text: str, fragment: knowledge.Fragment) -> str:
        if test.sdk == "v0":
            return "" if fragment.fate != "never" else f'"{text}" is not in the text of the error'
        if fragment.fate == "dead-since-3.38":
            return f'since openai 3.38 the text no longer holds "{text}", so this test is silently false'
        if fragment.fate == "never":
            return f'"{text}" is never in the text of such an error, so this test is always false'
        return fragment.note

    def _help(self, test: TextTest, fragments: list[tuple[str, knowledge.Fragment]]) -> str:
        if test.sdk == "v0":
            return "catch the class instead (`openai.error.RateLimitError`, ...)"
        typed = list(dict.fromkeys(fragment.typed for _, fragment in fragments if fragment.typed))
        if typed:
            return "ask the exception instead: " + ", or ".join(f"`{one}`" for one in typed[:3])
        return "catch the class instead (`openai.RateLimitError`, ...), and read `e.code` or `e.status_code`"


def plan_for(test: TextTest) -> tuple[FixPlan | None, str]:
    """The plan that puts typed tests in the place of a test on text, or why there is none."""
    if test.sdk not in ("v0", "v1"):
        return None, HTTP_ERROR
    if not test.questions:
        return None, _reason(test)
    if test.confidence <= Confidence.LOW:
        return None, NOT_KNOWN
    try:
        answers = [_narrowed(answer(question, test.sdk), test) for question in test.questions]
    except NoTypedTest as reason:
        return None, str(reason)
    changes = tuple(
        _predicate(question.location, one) if test.operation == "message" else _test(question, one)
        for question, one in zip(test.questions, answers, strict=True)
    )
    sure = test.only_openai and not test.by_retry
    safety = Safety.SAFE if sure and all(one.safe for one in answers) else Safety.UNSAFE
    return FixPlan(_title(changes), changes, safety, test.leftovers), ""


def _narrowed(one: Answer, test: TextTest) -> Answer:
    """The smallest test where this one is asked. Raises NoTypedTest if it would always give the same verdict."""
    if test.classes:
        check_possible(one.tree, test.classes)
    known = test.in_handler and test.operation != "message"
    tree = narrowed(one.tree, coming(test.sdk, test.classes, test.taken) if known else coming(test.sdk, (), ()))
    if isinstance(tree, bool):
        always = f"so a typed test would always be {str(tree).lower()}"
        if test.classes:
            raise NoTypedTest(f"the handler catches only {_listed(test.classes)}{_after(test)}, {always}")
        if test.taken:
            raise NoTypedTest(f"handlers before this one take {_listed(test.taken)}, {always}")
        raise NoTypedTest(f"what is asked for contradicts itself, {always}")
    return replace(one, tree=tree)


def _after(test: TextTest) -> str:
    return f" after {_listed(test.taken)}" if test.taken else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _reason(test: TextTest) -> str:
    """Why no expression can be replaced. That a text has no typed test says more than that its form is odd."""
    rows = [lookup(text) for text in test.texts]
    notes = [row.note for row in rows if row is not None and row.fix == "no"]
    return notes[0] if notes else test.unfixable


def _test(question: Question, one: Answer) -> Substitute:
    names = classes_of(one.tree)
    if question.before is not None:
        template = written_after(question.joined, one.tree, question.exception, names)
        return Substitute(question.location, template, names, (question.before,))
    return Substitute(question.location, written(one.tree, question.exception, names), names)


def _predicate(target: Location, one: Answer) -> Substitute:
    """The predicate of a retry library: on the class where that is all, else a function."""
    classes = classes_of(one.tree)
    plain = isinstance(one.tree, Typed) and one.tree.plain
    names = (PREDICATES[plain], *classes)
    if plain:
        holes = ", ".join(f"{{{index}}}" for index in range(1, len(names)))
        return Substitute(target, f"{{0}}({holes if len(classes) == 1 else f'({holes})'})", names)
    return Substitute(target, f"{{0}}(lambda e: {written(one.tree, 'e', names)})", names)


def _title(changes: tuple[Substitute, ...]) -> str:
    shown = HOLE.sub(lambda found: changes[0].names[int(found[1])], changes[0].template).replace("{a}", "...")
    more = f" (and {len(changes) - 1} more)" if len(changes) > 1 else ""
    return f"ask the exception, not its text: `{shown}`{more}"
