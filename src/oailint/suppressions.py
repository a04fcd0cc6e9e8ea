"""Suppression comments: what they silence, and which of them silence nothing.

``# oailint: ignore[OAI101]`` at the end of any line of a statement, inside it, or alone on the line above it;
``# oailint: ignore-file[OAI101]`` near the top of a file; ``# noqa: OAI101`` as the first. Several rules by comma,
by code or by name; a reason may follow after `` -- ``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from oailint.config import nearest
from oailint.facts import Comment, FileFacts, Span
from oailint.findings import Confidence, Finding, FixPlan, Location, Replace, Safety, Severity
from oailint.masking import mask_line

UNUSED = "OAI002"
TOP_LINES = 20
"""``ignore-file`` counts on these lines, and on any line before the first statement."""

_OURS = re.compile(r"#\s*oailint\s*:\s*([A-Za-z][\w-]*)?\s*(?:\[([^\]]*)\])?", re.IGNORECASE)
_FOLLOWING = re.compile(r"\s#\s*(?=[A-Za-z])")
_NOQA = re.compile(r"#\s*noqa\s*:\s*([A-Za-z]+[0-9]+(?:[\s,]+[A-Za-z]+[0-9]+)*)", re.IGNORECASE)


class Suppressible(Protocol):
    """What a rule must tell to be suppressed, and to report as the rule of unused suppressions."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def confidence(self) -> Confidence: ...


class _Suppression(Struct):
    """One comment's word on some rules. ``first`` and ``last`` are the lines of the code it speaks of.

    ``whole`` is where it stands in the text of the comment, its reason included; ``listed`` where its words do.
    """

    words: list[str]
    span: Span
    comment: Comment
    whole: tuple[int, int]
    listed: tuple[int, int]
    first: int
    last: int
    is_noqa: bool = False
    complaint: str = ""
    used: set[str] = field(default_factory=set)


class Outcome(Struct, frozen=True):
    """The findings of one file, parted: ``kept`` holds those on suppressions too."""

    kept: list[Finding]
    suppressed: list[Finding]


def apply(
    findings: Iterable[Finding], facts: FileFacts, path: str, rules: Sequence[Suppressible], active: frozenset[str]
) -> Outcome:
    """Part ``findings``, all of the file ``path``, into those kept and those suppressed by its comments.

    ``active`` are the codes of the rules that ran on the file: only of these can a suppression be called unused.
    """
    lines = _extents(facts)
    suppressions = [one for comment in facts.comments for one in _parse(comment, facts, lines)]
    kept: list[Finding] = []
    suppressed: list[Finding] = []
    for finding in findings:
        by = _matching(finding, suppressions, lines)
        for one in by:
            one.used.add(finding.code)
        if by:
            suppressed.append(replace(finding, justification=_justification(by)))
        else:
            kept.append(finding)
    rule = next((rule for rule in rules if rule.code == UNUSED), None)
    if rule is not None and UNUSED in active:
        quiet = {word for one in suppressions if one.last == 0 for word in _codes(one, rules)}
        for one in suppressions:
            for finding in _unused(one, path, rules, rule, active):
                is_silenced = UNUSED in quiet or UNUSED in _codes(one, rules)
                (suppressed if is_silenced else kept).append(finding)
    return Outcome(kept, suppressed)


def statement(finding: Finding, facts: FileFacts) -> tuple[int, int]:
    """The first and the last line of the statement that ``finding`` is in: a comment on any of them suppresses it."""
    span = finding.location.span
    first, last = _extents(facts).get(span.line, (span.line, span.line))
    return first, max(last, span.end_line)


def lists(first: int, last: int, facts: FileFacts) -> list[tuple[int, int]]:
    """Where a rule can be added to a suppression that speaks of the statement on the lines ``first`` to ``last``: the
    line, and the column behind its list of rules."""
    extents = _extents(facts)
    found = []
    for comment in facts.comments:
        for one in _parse(comment, facts, extents):
            is_good = not one.is_noqa and not one.complaint and one.last != 0
            if is_good and one.first <= last and first <= one.last:
                listing = comment.text[slice(*one.listed)]
                found.append((comment.line, comment.column + one.listed[0] + len(listing.rstrip(" \t,"))))
    return found


def is_suppressed(finding: Finding, facts: FileFacts) -> bool:
    """Whether a comment of its file suppresses ``finding``."""
    extents = _extents(facts)
    every = [one for comment in facts.comments for one in _parse(comment, facts, extents)]
    return bool(_matching(finding, every, extents))


def _extents(facts: FileFacts) -> dict[int, tuple[int, int]]:
    """The statement that each line of a statement of several lines belongs to."""
    return {line: (first, last) for first, last in facts.extents for line in range(first, last + 1)}


def _matching(
    finding: Finding, suppressions: Iterable[_Suppression], extents: dict[int, tuple[int, int]]
) -> list[_Suppression]:
    names = (finding.code.lower(), finding.name)
    span = finding.location.span
    first, last = extents.get(span.line, (span.line, span.line))
    last = max(last, span.end_line)
    return [
        one
        for one in suppressions
        if not one.complaint
        and any(word.lower() in names for word in one.words)
        and (one.last == 0 or (one.first <= last and first <= one.last))
    ]


def _justification(suppressing: Sequence[_Suppression]) -> str:
    """The reasons that the comments give, masked, in the order of the comments."""
    reasons = []
    for one in suppressing:
        _, dash, reason = one.comment.text[one.listed[1] : one.whole[1]].partition(" -- ")
        if dash and reason.strip():
            reasons.append(mask_line(reason.strip()))
    return "; ".join(dict.fromkeys(reasons))


def _parse(comment: Comment, facts: FileFacts, extents: dict[int, tuple[int, int]]) -> Iterable[_Suppression]:
    if comment.alone and comment.line not in extents:
        below = _line_below(comment.line, facts)
        first, last = extents.get(below, (below, below))
    else:
        first, last = extents.get(comment.line, (comment.line, comment.line))
    for found in _OURS.finditer(comment.text):
        words = _words(found[2] or "")
        one = _Suppression(words, _span(comment, found), comment, _whole(comment, found), found.span(2), first, last)
        directive = (found[1] or "").lower()
        if directive == "ignore-file":
            one.first, one.last = 0, 0  # all lines
        if directive not in ("ignore", "ignore-file"):
            one.complaint = f"unknown directive{nearest(directive, ['ignore', 'ignore-file'])}"
        elif not one.words:
            one.complaint = f"names no rule, so it suppresses nothing: write `{directive}[OAI101]`"
        elif directive == "ignore-file" and not _is_near_top(comment.line, facts):
            one.complaint = f"must stand in the first {TOP_LINES} lines or before the first statement"
        yield one
    for found in _NOQA.finditer(comment.text):
        words = [word for word in re.split(r"[\s,]+", found[1]) if word.upper().startswith("OAI")]
        if words:
            place = _span(comment, found)
            yield _Suppression(words, place, comment, _whole(comment, found), found.span(1), first, last, is_noqa=True)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _span(comment: Comment, found: re.Match[str]) -> Span:
    column = comment.column + found.start()
    return Span(comment.line, column, comment.line, comment.column + len(found[0].rstrip()) + found.start())


def _whole(comment: Comment, found: re.Match[str]) -> tuple[int, int]:
    """From the beginning of a suppression up to the next comment in ``comment``: a reason belongs to it."""
    following = _FOLLOWING.search(comment.text, found.end())
    return found.start(), following.start() if following else len(comment.text)


def _line_below(line: int, facts: FileFacts) -> int:
    """The line that a comment alone on ``line`` stands above, past other such comments."""
    alone = {comment.line for comment in facts.comments if comment.alone}
    line += 1
    while line in alone:
        line += 1
    return line


def _is_near_top(line: int, facts: FileFacts) -> bool:
    statements = facts.scopes[0].statements if facts.scopes else ()
    return line <= TOP_LINES or all(line < statement.span.line for statement in statements)


def _codes(one: _Suppression, rules: Sequence[Suppressible]) -> set[str]:
    words = {word.lower() for word in one.words}
    return {rule.code for rule in rules if rule.code.lower() in words or rule.name in words}


def _unused(
    one: _Suppression, path: str, rules: Sequence[Suppressible], rule: Suppressible, active: frozenset[str]
) -> Iterable[Finding]:
    """What is wrong with a suppression, as at most one finding."""
    messages = [one.complaint] if one.complaint else []
    unfixable = "it was meant to suppress something" if one.complaint else ""
    useless = []
    for word in one.words if not one.complaint else ():
        known = next((rule for rule in rules if word.lower() in (rule.code.lower(), rule.name)), None)
        if known is None:
            names = [rule.name for rule in rules] + [rule.code for rule in rules]
            messages.append(f"unknown rule `{word}`{nearest(word, names) or nearest(word.upper(), names)}")
            unfixable = "a name may be misspelt"
        elif known.code not in one.used and known.code in active and known.code != UNUSED:
            messages.append(f"`{word}` has nothing to suppress here")
            useless.append(word)
    if messages:
        kind = "noqa" if one.is_noqa else "suppression"
        yield Finding(
            code=rule.code,
            name=rule.name,
            family=rule.family,
            severity=rule.severity,
            confidence=rule.confidence,
            message=mask_line(f"{kind}: {'; '.join(messages)}"),
            location=Location(path, one.span),
            subject=f"{kind} {','.join(sorted(one.words))}",
            help="Remove it, or correct it.",
            plan=None if unfixable else _removal(one, path, useless),
            unfixable=unfixable,
        )


def _removal(one: _Suppression, path: str, useless: list[str]) -> FixPlan:
    """Take the words ``useless`` out of a suppression, and it out of the file if no others are left."""

    def place(bounds: tuple[int, int]) -> Location:
        line, column = one.comment.line, one.comment.column
        return Location(path, Span(line, column + bounds[0], line, column + bounds[1]))

    listing = one.comment.text[slice(*one.listed)]
    kept = [word for word in re.split(r"[\s,]+" if one.is_noqa else r"\s*,\s*", listing.strip()) if word]
    kept = [word for word in kept if word not in useless]
    if not kept:
        return FixPlan("Remove the unused suppression", (Replace(place(one.whole), ""),), Safety.SAFE)
    title = f"Remove {', '.join(f'`{word}`' for word in useless)} from the suppression"
    separator = ", " if "," in listing else " "
    return FixPlan(title, (Replace(place(one.listed), separator.join(kept)),), Safety.SAFE)
