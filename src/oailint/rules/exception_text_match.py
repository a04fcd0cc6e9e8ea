"""OAI201: a decision on the text of an OpenAI error."""

from __future__ import annotations

from collections.abc import Iterator

from oailint import knowledge
from oailint.findings import Finding, Related, Severity
from oailint.project import Project
from oailint.project.model import TextTest
from oailint.rules.base import Rule

CLASS_NAME = "class-name"


class ExceptionTextMatch(Rule):
    """Tests on ``str(e)``, ``e.message`` and their like where an OpenAI request can have raised ``e``."""

    code = "OAI201"
    name = "exception-text-match"
    family = "errors"
    summary = "a decision on the text of an OpenAI error"
    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Finding]:
        for test in project.tests:
            fragments = [(text, found) for text in test.texts for found in (lookup(text),) if found is not None]
            where = "this retry shows it the exception" if test.by_retry else "the exception is caught here"
            related = () if test.handler == test.location else (Related(test.handler, where),)
            yield self.finding(
                test.location, self._message(test, fragments), subject=" ".join(test.texts) or test.operation,
                confidence=test.confidence, related=related, help=self._help(test, fragments),
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


def lookup(text: str) -> knowledge.Fragment | None:
    """The row of the fragment table that a tested text falls under: the longest that fits."""
    lowered = text.lower()
    rows = [one for one in knowledge.errors().fragments if (one.text == lowered if one.exact else one.text in lowered)]
    return max(rows, key=lambda row: len(row.text), default=None)
