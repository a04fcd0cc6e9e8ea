"""What suppression comments silence, and how those that silence nothing are reported."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from oailint import suppressions
from oailint.facts import Body, Comment, Evaluate, FileFacts, Name, Scope, Span
from oailint.findings import Confidence, Finding, Location, Severity


@dataclass(frozen=True)
class Fake:
    code: str
    name: str
    family: str = "retry"
    severity: Severity = Severity.INFO
    confidence: Confidence = Confidence.HIGH


RULES = [Fake("OAI002", "unused-suppression", "files"), Fake("OAI101", "missing-retry"), Fake("OAI401", "unthrottled")]
ALL = frozenset(rule.code for rule in RULES)


def facts(*comments: Comment, extents: tuple[tuple[int, int], ...] = (), first: int = 3) -> FileFacts:
    span = Span(first, 1, first, 5)
    module = Scope(
        kind="module", name="", parent=-1, parent_region=-1, parameters=(), decorators=(), bases=(), keywords=(),
        returns=None, is_async=False, is_generator=False, globals=(), nonlocals=(), regions=(Body(-1, span),),
        statements=(Evaluate(Name("x"), 0, span),), span=span,
    )  # fmt: skip
    return FileFacts((module,), comments, extents)


def finding(line: int, code: str = "OAI101", end: int | None = None) -> Finding:
    rule = next(rule for rule in RULES if rule.code == code)
    place = Location("a.py", Span(line, 1, end or line, 9))
    return Finding(code, rule.name, rule.family, rule.severity, rule.confidence, "text", place, "subject")


def comment(line: int, text: str, *, alone: bool = False, column: int = 20) -> Comment:
    return Comment(text, line, column, alone)


def apply(
    found: list[Finding], known: FileFacts, active: frozenset[str] = ALL
) -> tuple[list[int], list[int], list[str]]:
    """Lines kept, lines suppressed, and messages about suppressions."""
    result = suppressions.apply(found, known, "a.py", RULES, active)
    kept = [one.location.span.line for one in result.kept if one.code != "OAI002"]
    told = [one.message for one in result.kept if one.code == "OAI002"]
    return kept, [one.location.span.line for one in result.suppressed], told


@pytest.mark.parametrize(
    "text",
    [
        "# oailint: ignore[OAI101]",
        "# oailint: ignore[oai101]",
        "# oailint: ignore[missing-retry]",
        "# oailint:ignore[ OAI101 ]",
        "# oailint: ignore[OAI101] -- the queue retries",
        "# oailint: ignore[missing-retry] because",
        "# type: ignore  # oailint: ignore[OAI101]",
        "# noqa: OAI101",
        "# NOQA:OAI101",
        "# noqa: E501, OAI101",
        "# noqa: E501 OAI101 and a reason",
    ],
)
def test_at_the_end_of_the_line(text: str) -> None:
    assert apply([finding(5)], facts(comment(5, text))) == ([], [5], [])


@pytest.mark.parametrize("text", ["# noqa", "# noqa: E501", "# noqa: OAI", "# oailint is good", "# see oailint: x"])
def test_what_is_no_suppression(text: str) -> None:
    assert apply([finding(5)], facts(comment(5, text))) == ([5], [], [])


def test_another_line_is_not_meant() -> None:
    kept, suppressed, told = apply([finding(5), finding(7)], facts(comment(6, "# oailint: ignore[OAI101]")))
    assert (kept, suppressed) == ([5, 7], [])
    assert told == ["suppression: `OAI101` has nothing to suppress here"]


@pytest.mark.parametrize("line", [4, 5, 6, 7])
def test_any_line_of_the_statement_will_do(line: int) -> None:
    known = facts(comment(line, "# oailint: ignore[OAI101]"), extents=((4, 7),))
    assert apply([finding(5, end=6)], known) == ([], [5], [])


def test_alone_on_the_line_above() -> None:
    above = comment(4, "# oailint: ignore[OAI101]", alone=True, column=1)
    assert apply([finding(5)], facts(above)) == ([], [5], [])
    assert apply([finding(6)], facts(above, extents=((5, 8),))) == ([], [6], [])
    assert apply([finding(6)], facts(above))[0] == [6]
    assert apply([finding(4)], facts(above))[0] == [4]


def test_alone_inside_a_statement() -> None:
    inside = comment(5, "# oailint: ignore[OAI101]", alone=True)
    assert apply([finding(4, end=7)], facts(inside, extents=((4, 7),))) == ([], [4], [])


def test_comments_above_one_another() -> None:
    known = facts(
        comment(4, "# oailint: ignore[OAI101]", alone=True), comment(5, "# oailint: ignore[OAI401]", alone=True)
    )
    assert apply([finding(6), finding(6, "OAI401")], known) == ([], [6, 6], [])


def test_several_by_comma_and_the_unused_of_them() -> None:
    both = comment(5, "# oailint: ignore[OAI101, unthrottled]")
    assert apply([finding(5), finding(5, "OAI401")], facts(both)) == ([], [5, 5], [])
    told = ["suppression: `unthrottled` has nothing to suppress here"]
    assert apply([finding(5)], facts(both)) == ([], [5], told)


def test_without_brackets_it_suppresses_nothing() -> None:
    for text in ("# oailint: ignore", "# oailint: ignore[]", "# oailint: ignore[ , ]"):
        kept, suppressed, told = apply([finding(5)], facts(comment(5, text)))
        assert (kept, suppressed) == ([5], [])
        assert told == ["suppression: names no rule, so it suppresses nothing: write `ignore[OAI101]`"]


def test_unknown_rules_and_directives() -> None:
    assert apply([], facts(comment(5, "# oailint: ignore[OAI999]")))[2][0].startswith(
        "suppression: unknown rule `OAI999`"
    )
    told = apply([], facts(comment(5, "# oailint: ignore[mising-retry]")))[2]
    assert told == ["suppression: unknown rule `mising-retry`; did you mean 'missing-retry'?"]
    told = apply([finding(5)], facts(comment(5, "# oailint: ignor[OAI101]")))[2]
    assert told == ["suppression: unknown directive; did you mean 'ignore'?"]
    assert apply([], facts(comment(5, "# noqa: OAI999")))[2][0].startswith("noqa: unknown rule `OAI999`")
    assert apply([], facts(comment(5, "# noqa: E501")))[2] == []


def test_the_place_of_a_report_is_the_comment() -> None:
    known = facts(comment(5, "# x  # oailint: ignore[OAI101] -- why", column=10))
    [told] = suppressions.apply([], known, "a.py", RULES, ALL).kept
    assert told.location == Location("a.py", Span(5, 15, 5, 40))


def test_only_rules_that_ran_can_be_unused() -> None:
    known = facts(comment(5, "# oailint: ignore[OAI101]"))
    assert apply([], known, frozenset({"OAI002"}))[2] == []
    assert apply([], known, frozenset({"OAI101"}))[2] == []
    assert len(apply([], known)[2]) == 1


def test_a_whole_file() -> None:
    known = facts(comment(2, "# oailint: ignore-file[OAI101] -- generated", alone=True))
    assert apply([finding(5), finding(900), finding(7, "OAI401")], known) == ([7], [5, 900], [])
    assert apply([], known)[2] == ["suppression: `OAI101` has nothing to suppress here"]


def test_a_whole_file_only_near_the_top() -> None:
    text = "# oailint: ignore-file[OAI101]"
    assert apply([finding(50)], facts(comment(20, text)))[1] == [50]
    assert apply([finding(50)], facts(comment(30, text), first=31))[1] == [50]
    kept, suppressed, told = apply([finding(50)], facts(comment(30, text)))
    assert (kept, suppressed) == ([50], [])
    assert "first 20 lines" in told[0]


def test_a_whole_file_needs_brackets() -> None:
    assert "names no rule" in apply([finding(5)], facts(comment(1, "# oailint: ignore-file")))[2][0]


def test_reports_on_suppressions_can_be_suppressed() -> None:
    known = facts(comment(5, "# oailint: ignore[OAI101, OAI002]"))
    assert apply([], known) == ([], [5], [])
    known = facts(comment(1, "# oailint: ignore-file[unused-suppression]"), comment(5, "# oailint: ignore[OAI101]"))
    assert apply([], known) == ([], [5], [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# oailint: ignore[OAI101] -- the caller asks again", "the caller asks again"),
        ("# oailint: ignore[OAI101] -- one # noqa: OAI101 -- two", "one; two"),
        ("# oailint: ignore[OAI101] -- same # noqa: OAI101 -- same", "same"),
        ("# oailint: ignore[OAI101] no dashes", ""),
        ("# oailint: ignore[OAI101] -- ", ""),
        ("# oailint: ignore[OAI101]", ""),
        ("# oailint: ignore[OAI101] -- key " + "sk-" + "a1B2" * 12, "key sk-****"),
    ],
)
def test_the_reason_is_kept(text: str, expected: str) -> None:
    told = facts(Comment(text, 3, 10, False))
    [one] = suppressions.apply([finding(3)], told, "a.py", RULES, ALL).suppressed
    assert one.justification == expected
