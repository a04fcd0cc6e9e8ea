"""Which rules report, on the whole and for one file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from oailint.config import ConfigError, nearest
from oailint.findings import Confidence, Finding, Severity

EVERYTHING = ("ALL", "OAI")


class Selectable(Protocol):
    """What a rule must tell to be selected."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def family(self) -> str: ...


class Layer(Struct, frozen=True):
    """What one place (the configuration, the command line) says. A ``select`` starts afresh; a later layer wins.

    ``origin`` is how errors call the place.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    origin: str = ""


def matches(selector: str, rule: Selectable) -> bool:
    """Whether ``selector`` (a code, the beginning of one, a family, a name, ALL) means ``rule``."""
    word = selector.strip()
    if word.upper() in EVERYTHING:
        return True
    if word.lower() in (rule.family, rule.name):
        return True
    return len(word) > len("OAI") and rule.code.startswith(word.upper())


def check(layers: Iterable[Layer], rules: Sequence[Selectable]) -> None:
    """Raises ConfigError, naming the place and the nearest rule, if a selector means no rule."""
    for layer in layers:
        parts = {"select": layer.select or (), "extend-select": layer.extend_select, "ignore": layer.ignore}
        for key, selectors in parts.items():
            for selector in selectors:
                _check_one(selector, f"{layer.origin}{key}", rules)


def check_patterns(patterns: Mapping[str, tuple[str, ...]], origin: str, rules: Sequence[Selectable]) -> None:
    """The same for ``per-file-ignores``."""
    for selectors in patterns.values():
        for selector in selectors:
            _check_one(selector, f"{origin}per-file-ignores", rules)


def find(word: str, rules: Sequence[Selectable]) -> Selectable | None:
    """The rule with this code or name."""
    return next((rule for rule in rules if word.upper() == rule.code or word.lower() == rule.name), None)


def nearest_rule(word: str, rules: Sequence[Selectable], *, families: bool = True) -> str:
    """``"; did you mean ...?"`` for a word that means no rule, or nothing."""
    names = [rule.name for rule in rules] + [rule.code for rule in rules]
    if families:
        names += sorted({rule.family for rule in rules})
    return nearest(word.lower(), names) or nearest(word.upper(), names)


def _check_one(selector: str, place: str, rules: Sequence[Selectable]) -> None:
    if not any(matches(selector, rule) for rule in rules):
        raise ConfigError(f"{place}: unknown rule {selector!r}{nearest_rule(selector, rules)}")


def selected(layers: Iterable[Layer], rules: Sequence[Selectable]) -> frozenset[str]:
    """The codes of the rules that ``layers`` leave on. All are on at first; within a layer the more specific
    selector wins, and ``ignore`` where two are equally so."""
    chosen = {rule.code for rule in rules}
    for layer in layers:
        if layer.select is not None:
            chosen = set()
        on = [*(layer.select or ()), *layer.extend_select]
        for weight in sorted({_weight(selector, rules) for selector in (*on, *layer.ignore)}):
            for selectors, is_on in ((on, True), (layer.ignore, False)):
                for selector in selectors:
                    if _weight(selector, rules) == weight:
                        codes = {rule.code for rule in rules if matches(selector, rule)}
                        chosen = chosen | codes if is_on else chosen - codes
    return frozenset(chosen)


def _weight(selector: str, rules: Sequence[Selectable]) -> int:
    """How specific a selector is: that of a family equals that of the prefix which its codes share."""
    word = selector.strip()
    if word.upper() in EVERYTHING:
        return len("OAI")
    if any(word.lower() == rule.name for rule in rules):
        return len("OAI101")
    if any(word.lower() == rule.family for rule in rules):
        return len("OAI1")
    return len(word)


class FileIgnores:
    """``per-file-ignores``: patterns in the language of gitignore, relative to ``base``."""

    def __init__(self, patterns: Mapping[str, tuple[str, ...]], base: str, rules: Sequence[Selectable]) -> None:
        self._base = base.rstrip(os.sep) + os.sep
        self._entries = []
        if patterns:
            from pathspec import GitIgnoreSpec

            for pattern, selectors in patterns.items():
                codes = frozenset(rule.code for rule in rules if any(matches(one, rule) for one in selectors))
                try:
                    self._entries.append((GitIgnoreSpec.from_lines([pattern]), codes))
                except ValueError as error:
                    raise ConfigError(f"per-file-ignores: {pattern!r} is no pattern: {error}") from error

    def ignored(self, path: str) -> frozenset[str]:
        """The codes that are ignored in the file ``path`` (absolute)."""
        if not self._entries or not path.startswith(self._base):
            return frozenset()
        relative = path[len(self._base) :].replace(os.sep, "/")
        return frozenset().union(*(codes for spec, codes in self._entries if spec.match_file(relative)))


def at_least(findings: Iterable[Finding], severity: Severity, confidence: Confidence) -> list[Finding]:
    """Those of ``findings`` that are bad enough and sure enough."""
    return [one for one in findings if one.severity >= severity and one.confidence >= confidence]
