"""What there is to know of rules: their list, and each rule's document."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Protocol

from oailint.findings import Confidence, Severity


class Described(Protocol):
    """What a rule tells of itself."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def confidence(self) -> Confidence: ...
    @property
    def fixable(self) -> bool: ...


def render_rules(rules: Sequence[Described], format_name: str) -> str:
    """The list of rules: an array for ``json``, else a table."""
    ordered = sorted(rules, key=lambda rule: rule.code)
    if format_name == "json":
        return json.dumps([_entry(rule) for rule in ordered], indent=2) + "\n"
    rows = [("CODE", "NAME", "FAMILY", "SEVERITY", "CONFIDENCE", "FIX", "SUMMARY")]
    for rule in ordered:
        fix = "yes" if rule.fixable else "no"
        rows.append((rule.code, rule.name, rule.family, str(rule.severity), str(rule.confidence), fix, rule.summary))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in rows
    )


def _entry(rule: Described) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "family": rule.family,
        "severity": str(rule.severity),
        "confidence": str(rule.confidence),
        "fix": rule.fixable,
        "summary": rule.summary,
    }


def document(rule: Described) -> str:
    """The rule's document; where there is none, the little that the rule itself tells."""
    for folder in _folders():
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        for name in names:
            if name.startswith(f"{rule.code}-") and name.endswith(".md"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    return file.read().rstrip() + "\n"
    return f"# {rule.name} ({rule.code})\n\n{rule.summary}\n"


def _folders() -> tuple[str, str]:
    """Where documents are: in an installed wheel, and in a source checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return os.path.join(package, "_rules"), os.path.join(os.path.dirname(os.path.dirname(package)), "rules")
