"""Texts with marked places, and plans carried out on them.

``«`` and ``»`` mark the first place, ``⟪`` and ``⟫`` the second, ``⟦`` and ``⟧`` the third.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from oailint.facts import Span
from oailint.findings import BackOff, Change, Confidence, Finding, FixPlan, Location, Safety, Severity
from oailint.fixing import Workspace, rounds
from oailint.syntax.lines import Lines

MARKS = ("«»", "⟪⟫", "⟦⟧")


@dataclass(frozen=True)
class Draft:
    """A text without its marks, and the marked places."""

    path: str
    text: str
    places: tuple[Location, ...]


def draft(marked: str, path: str = "a.py") -> Draft:
    """The text ``marked`` and its places, in the order of the kinds of marks."""
    plain, at = "", {}
    for char in marked:
        if any(char in pair for pair in MARKS):
            at[char] = len(plain)
        else:
            plain += char
    lines = Lines(plain)
    places = tuple(Location(path, lines.span(at[first], at[last])) for first, last in MARKS if first in at)
    return Draft(path, plain, places)


def carry_out(
    files: Mapping[str, str],
    plans: Sequence[FixPlan],
    *,
    form: str = "stdlib",
    editable: set[str] | None = None,
    helper: str = "",
    may_create: bool = True,
    package: str = "",
    sound: Callable[[str, str], bool] | None = None,
) -> rounds.Round:
    """One round over ``files``."""
    workspace = Workspace(
        files.get,
        frozenset(files),
        frozenset(files if editable is None else editable),
        may_create,
        lambda: form,
        helper,
        package=package,
    )
    findings = [finding(plan, number) for number, plan in enumerate(plans)]
    return rounds.carry_out(workspace, findings, lambda plan: True, sound or (lambda path, text: compiles(text)))


def finding(plan: FixPlan, number: int = 0) -> Finding:
    """A finding with this plan."""
    where = Location("a.py", Span(1, 1, 1, 1))
    return Finding(
        "OAI101", "missing-retry", "retry", Severity.ERROR, Confidence.HIGH, "m", where, str(number), plan=plan
    )


def changed(marked: str, plan: Callable[..., Change], **options: object) -> str:
    """The text after the change that ``plan`` makes of its places; a refusal as ``refused: reason``."""
    one = draft(marked)
    done = carry_out({one.path: one.text}, [FixPlan("t", (plan(*one.places),), Safety.SAFE)], **options)  # type: ignore[arg-type]
    if done.refused:
        return f"refused: {done.refused[0][1]}"
    return done.texts.get(one.path, one.text)


def back_off(
    depth: int = 3, *, asynchronous: bool = False, api: str = "v1", quiet: str = "already"
) -> Callable[..., BackOff]:
    """A change that puts the first place under backoff; the second is the client's constructor."""

    def plan(target: Location, constructor: Location | None = None) -> BackOff:
        return BackOff(target, depth, asynchronous, api, quiet, constructor)

    return plan


def compiles(text: str) -> bool:
    """Whether Python takes the text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError:
        return False
    return True


HAS_HELPER = (
    "def with_backoff(call):\n    def send(*args):\n        for _ in range(7):\n"
    "            return call(*args)\n\n    return send\n\n\n"
)
"""A helper that is there already, so that a fix changes nothing but the call."""


def call_only(marked: str, **options: object) -> str:
    """What becomes of a call under backoff, in a file that has the helper."""
    quiet = str(options.pop("quiet", "already"))
    depth = int(str(options.pop("depth", 3)))
    result = changed(HAS_HELPER + marked, back_off(depth, quiet=quiet), **options)
    return result.removeprefix(HAS_HELPER)
