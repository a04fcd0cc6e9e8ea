"""What is left to ask where it is known which errors can come: parts of typed tests that say nothing there go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from oailint import knowledge
from oailint.rules.typed_tests import Joined, Tree, Typed, lineage

SERVER = "openai.InternalServerError"
"""The class of all errors whose status is 500 or more."""
_OTHER = "builtins.Exception"
"""Stands for every exception that is not the SDK's."""


class Coming(Struct, frozen=True):
    """The SDK's errors that can come to a test, each by its own class; and whether exceptions of others can."""

    classes: frozenset[str]
    others: bool

    @property
    def all(self) -> Iterable[str]:
        return (*self.classes, _OTHER) if self.others else self.classes

    def where(self, tree: Tree, verdict: bool) -> Coming:
        """Those for which a test can have this verdict."""
        kept = frozenset(name for name in self.all if _verdict(tree, name) is not (not verdict))
        return Coming(kept - {_OTHER}, _OTHER in kept)


def coming(sdk: str, caught: Sequence[str], taken: Sequence[str]) -> Coming:
    """What comes to a handler that catches the classes ``caught`` (or others too, if there are none), after handlers
    that catch ``taken``."""
    prefix = "openai.error" if sdk == "v0" else "openai"
    known = {name for name in knowledge.errors().classes if name.rpartition(".")[0] == prefix}
    left = {
        name for name in known
        if (not caught or lineage(name) & set(caught)) and not lineage(name) & set(taken)
    }  # fmt: skip
    return Coming(frozenset(left), not caught)


def narrowed(tree: Tree, among: Coming) -> Tree | bool:
    """The smallest test that gives the verdict of ``tree`` on what can come; the verdict, if it is always the same."""
    verdicts = {_verdict(tree, name) for name in among.all}
    if not verdicts:
        return tree  # classes that the tables do not know
    if verdicts <= {True} or verdicts <= {False}:
        return True in verdicts
    if isinstance(tree, Typed):
        return _narrowed_test(tree, among)
    if tree.operator == "not":
        inner = narrowed(tree.parts[0], among)
        return not inner if isinstance(inner, bool) else Joined("not", (inner,))
    return _narrowed_parts(tree, among)


def _narrowed_parts(tree: Joined, among: Coming) -> Tree | bool:
    """The parts of ``and`` or ``or``: each is asked only where those before it left the verdict open."""
    going_on = tree.operator == "and"
    kept: list[Tree] = []
    for part in sorted(tree.parts, key=_is_wordy):
        left = narrowed(part, among)
        if isinstance(left, bool):
            if left is not going_on:
                return left
            continue
        kept.append(left)
        among = among.where(part, going_on)
    return _put_together(tree.operator, kept) if kept else going_on


def _put_together(operator: str, parts: Sequence[Tree]) -> Tree:
    unique = tuple(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else Joined(operator, unique)


def _is_wordy(tree: Tree) -> bool:
    return not (isinstance(tree, Typed) and tree.plain)


def _narrowed_test(test: Typed, among: Coming) -> Typed:
    classes = tuple(one for one in test.classes if any(one in lineage(name) for name in among.classes))
    matched = [name for name in among.classes if lineage(name) & set(classes)]
    excluded = tuple(one for one in test.excluded if any(one in lineage(name) for name in matched))
    left = replace(test, classes=classes, excluded=excluded)
    says_nothing = not among.others and len(matched) == len(among.classes)
    return replace(left, classes=()) if says_nothing and not left.plain else left


def _verdict(tree: Tree, name: str) -> bool | None:
    """What a test says of an error whose class is ``name``; None if that depends on more than the class."""
    if isinstance(tree, Typed):
        return _verdict_of_test(tree, name)
    inner = [_verdict(part, name) for part in tree.parts]
    if tree.operator == "not":
        return None if inner[0] is None else not inner[0]
    decisive = tree.operator == "or"
    if decisive in inner:
        return decisive
    return None if None in inner else not decisive


def _verdict_of_test(test: Typed, name: str) -> bool | None:
    known = lineage(name)
    if (test.classes and not known & set(test.classes)) or known & set(test.excluded):
        return False
    if not test.attributes:
        return True
    status = knowledge.errors().classes[name].status if name in knowledge.errors().classes else 0
    if test.attributes != ("status_code",) or not status:
        return None
    if name == SERVER:
        return None if any(isinstance(one, int) and one >= status for one in test.values) else False
    return status in test.values
