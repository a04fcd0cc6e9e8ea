"""Strings that are put together from parts, and how an expression reads in a message."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from oailint import facts
from oailint.facts import Expr
from oailint.project.values import NUMBERS, SOMETHING_UNKNOWN, Plain, String, Value, Values

MOST_COMBINATIONS = 24
LONGEST = 300
HOLE = "{}"
"""Stands for a part of a string that is not known."""


def join(parts: Sequence[Values]) -> Values:
    """The strings that parts give side by side; unknown if no part is known."""
    choices: list[list[str]] = []
    combinations = 1
    known = False
    for part in parts:
        texts = sorted({text for text in map(_text, part) if text is not None})
        known = known or any(texts)
        if any(_text(value) is None for value in part) or not texts:
            texts = [*texts, HOLE]
        combinations *= len(texts)
        choices.append(texts if combinations <= MOST_COMBINATIONS else [HOLE])
        if combinations > MOST_COMBINATIONS:
            combinations //= len(texts)
    if not known:
        return SOMETHING_UNKNOWN
    out: set[Value] = {String("".join(combination)[:LONGEST]) for combination in itertools.product(*choices)}
    return frozenset(out)


def fill(text: str, arguments: list[Values]) -> Values:
    """The strings that ``text.format(...)`` gives for positional arguments; a hole stays where one is not known."""
    parts: list[Values] = []
    for number, piece in enumerate(re.split(r"\{\d*\}", text)):
        if number:
            parts.append(arguments[number - 1] if number <= len(arguments) else frozenset())
        parts.append(frozenset([String(piece)]))
    return join(parts)


def percent(text: str, arguments: list[Values]) -> Values:
    """The strings that ``text % arguments`` gives."""
    return fill(re.sub(r"%[sdr]", HOLE, text.replace(HOLE, "")), arguments)


def _text(value: Value) -> str | None:
    if isinstance(value, String):
        return value.text
    if isinstance(value, Plain) and value.kind in NUMBERS:
        return str(value.value)
    return None


def source(node: Expr | None) -> str:
    """How a simple expression reads in source: ``self.client``, ``get_client()``; ``...`` for what is not simple."""
    if isinstance(node, facts.Name):
        return node.id
    if isinstance(node, facts.Attribute):
        return f"{source(node.value)}.{node.name}"
    if isinstance(node, facts.Call):
        return f"{source(node.func)}()" if not node.arguments else f"{source(node.func)}(...)"
    if isinstance(node, facts.Subscript):
        return f"{source(node.value)}[...]"
    if isinstance(node, facts.Await):
        return source(node.value)
    return "..."
