"""Plans that hold only together: a client is told not to retry only if all requests through it are wrapped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import TypeVar

from msgspec.structs import replace

from oailint.findings import BackOff, Change, Finding, FixPlan, Location, Safety
from oailint.syntax.verbs.splices import Refused

T = TypeVar("T")

NOT_ALL = "another request through the same client is not put under backoff in this run"


def settled(
    findings: Iterable[Finding], wanted: Callable[[FixPlan], bool], realise: Callable[[FixPlan], T]
) -> tuple[list[tuple[Finding, T]], list[tuple[Finding, str]]]:
    """The findings whose plans are ``wanted`` and can be realised, with what ``realise`` makes of them; and those whose
    plans cannot be, with the reason. ``realise`` raises Refused where it cannot.

    A plan that counts on other requests being wrapped as well is made to do without where one of them is not.
    """
    chosen = [one for one in findings if one.plan is not None and wanted(one.plan)]
    refused: list[tuple[Finding, str]] = []
    while True:
        targets = frozenset(change.target for one in chosen if one.plan is not None for change in backed_off(one.plan))
        done: list[tuple[Finding, T]] = []
        left: list[Finding] = []
        for one in chosen:
            assert one.plan is not None
            try:
                plan = alone(one.plan, targets)
                if wanted(plan):
                    done.append((one, realise(plan)))
                    left.append(one)
            except Refused as reason:
                refused.append((one, str(reason)))
        if len(left) == len(chosen):
            return done, refused
        chosen = left


def alone(plan: FixPlan, targets: AbstractSet[Location]) -> FixPlan:
    """``plan`` as it holds when just the requests at ``targets`` are wrapped. Raises Refused if it does not."""
    changes: list[Change] = []
    safety = plan.safety
    for change in plan.changes:
        if isinstance(change, BackOff) and not targets >= set(change.others):
            if change.quiet == "module":
                safety = min(safety, Safety.UNSAFE)
            elif change.depth < 0:
                raise Refused(NOT_ALL)
            else:
                change = replace(change, quiet="options", others=())
        changes.append(change)
    return replace(plan, changes=tuple(changes), safety=safety)


def backed_off(plan: FixPlan) -> Iterable[BackOff]:
    """The requests that a plan wraps."""
    return (change for change in plan.changes if isinstance(change, BackOff))
