"""One project: from the facts of its files to findings, selected, suppressed and given fingerprints."""

from __future__ import annotations

import bisect
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from oailint import suppressions
from oailint.codec import commented
from oailint.config import Config
from oailint.facts import Broken, FileFacts, Span
from oailint.findings import Finding, Location
from oailint.selection import at_least
from oailint.timing import Stage, untimed

if TYPE_CHECKING:
    from oailint.project.components import Parts
    from oailint.rules import Rule


SetAside = Callable[[str, Sequence[Finding]], tuple[Sequence[Finding], Sequence[Finding]]]


def _nothing(_path: str, findings: Sequence[Finding]) -> tuple[Sequence[Finding], Sequence[Finding]]:
    return findings, ()


class Analysis(Struct):
    """What was found in one project. Paths are keys of its files until ``relocate`` is called."""

    findings: list[Finding] = field(default_factory=list)
    suppressed: list[Finding] = field(default_factory=list)
    baselined: list[Finding] = field(default_factory=list)
    hidden: list[Finding] = field(default_factory=list)
    """Neither suppressed nor bad and sure enough to be reported."""
    notes: list[str] = field(default_factory=list)


class Judged(Struct, frozen=True):
    """All that the rules find in one file, with fingerprints and scopes: what stands, and what its comments
    suppress."""

    kept: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()


def judge(
    files: Mapping[str, FileFacts | Broken],
    reported: AbstractSet[str],
    config: Config,
    rules: Sequence[Rule],
    active: Callable[[str], frozenset[str]],
    *,
    parts: Parts | None = None,
    explain: Callable[[str], str] | None = None,
    stage: Stage = untimed,
) -> tuple[dict[str, Judged], list[str]]:
    """What ``rules`` find in those ``files`` that are ``reported`` and in which they find anything; all files are read
    for meaning. Also the notes on the requests in the reported files, if ``explain`` asks for them: it says how they
    write a path.

    ``active`` gives the codes of the rules that are on for a file. ``parts`` says which files are linked together,
    where that is known. ``stage`` is told what is being done.
    """
    from oailint.project.meaning import link

    with stage("linking"):
        project = link(files, config, explain=explain is not None, parts=parts)
    on = {path: active(path) for path in reported}
    wanted = frozenset().union(*on.values())
    found: dict[str, list[Finding]] = defaultdict(list)
    with stage("rules"):
        for rule in rules:
            if rule.code in wanted:
                for finding in rule.check(project):
                    path = finding.location.path
                    if path in on and finding.code in on[path]:
                        found[path].append(finding)
    result = {}
    for path in sorted(on):
        # Of most files it is enough to know that nothing was found in them and nothing is to be suppressed.
        facts = files.get(path) if path in found or commented(files, path) else None
        findings, suppressed = found.get(path, []), []
        if isinstance(facts, FileFacts):
            outcome = suppressions.apply(findings, facts, path, rules, on[path])
            findings, suppressed = outcome.kept, outcome.suppressed
        marked = with_fingerprints([*findings, *suppressed])
        if isinstance(facts, FileFacts):
            marked = with_scopes(marked, facts)
        if marked:
            result[path] = Judged(tuple(marked[: len(findings)]), tuple(marked[len(findings) :]))
    return result, project.explain(reported, explain) if explain else []


def conclude(
    judged: Mapping[str, Judged], reported: Iterable[str], config: Config, set_aside: SetAside = _nothing
) -> Analysis:
    """What is to be told of the ``reported`` files. ``set_aside`` parts the findings of a file into those to report
    and those that a baseline records."""
    result = Analysis()
    limits = (config.min_severity, config.min_confidence)
    nothing = Judged()
    for path in sorted(reported):
        one = judged.get(path, nothing)
        kept, recorded = set_aside(path, one.kept)
        result.findings += at_least(kept, *limits)
        result.baselined += at_least(recorded, *limits)
        result.hidden += [finding for finding in (*kept, *recorded) if not at_least([finding], *limits)]
        result.suppressed += at_least(one.suppressed, *limits)
    return result


def with_fingerprints(findings: Sequence[Finding]) -> list[Finding]:
    """The same findings in the same order, each with a fingerprint that does not depend on line numbers.

    It is made of code, path, subject and, among equals, the position in the order of the text; whether one of the
    equals is suppressed plays no part.
    """
    ordinals: Counter[tuple[str, str, str]] = Counter()
    prints: dict[int, str] = {}
    for index in sorted(range(len(findings)), key=lambda index: findings[index].location):
        one = findings[index]
        key = (one.code, one.location.path, one.subject)
        content = "\0".join((*key, str(ordinals[key])))
        prints[index] = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        ordinals[key] += 1
    return [replace(one, fingerprint=prints[index]) for index, one in enumerate(findings)]


def with_scopes(findings: Sequence[Finding], facts: FileFacts) -> list[Finding]:
    """The same findings, each with the function or class of its file that it is in."""
    if not findings:
        return []
    starts = sorted(
        (written.span.line, written.span.column, index)
        for index, scope in enumerate(facts.scopes)
        for written in (*scope.statements, *scope.regions)
    )

    def scope_at(span: Span) -> str:
        # What stands last before a place tells its scope: spans of scopes are those of their headers only. A decorator
        # stands before its header, which is in the same statement.
        after = bisect.bisect_right(starts, (span.line, span.column, len(facts.scopes)))
        first, last = next((one for one in facts.extents if one[0] <= span.line <= one[1]), (span.line, span.line))
        is_before = (not after or starts[after - 1][0] < first) and after < len(starts) and starts[after][0] <= last
        index, names = (starts[after - (not is_before)][2] if starts and (after or is_before) else 0), []
        while index > 0:
            names.append(facts.scopes[index].name)
            index = facts.scopes[index].parent
        return ".".join(name for name in reversed(names) if name)

    return [replace(one, scope=scope_at(one.location.span)) for one in findings]


def relocate(findings: Iterable[Finding], rename: Callable[[str], str]) -> list[Finding]:
    """``findings`` with each path in them, related places and edits included, put through ``rename``."""

    def moved(location: Location) -> Location:
        return replace(location, path=rename(location.path))

    result = []
    for one in findings:
        related = tuple(replace(place, location=moved(place.location)) for place in one.related)
        fix = one.fix
        if fix is not None:
            fix = replace(fix, edits=tuple(replace(edit, location=moved(edit.location)) for edit in fix.edits))
        result.append(replace(one, location=moved(one.location), related=related, fix=fix))
    return result
