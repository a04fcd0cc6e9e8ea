"""Shapes of expressions that tell what code is about: work that is left, items taken out and put back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from oailint import facts
from oailint.project.flow import mentioned


def is_remainder(node: facts.Expr | None, regions: Sequence[facts.Region]) -> bool:
    """Whether an expression leaves out what another holds: ``[f for f in files if f not in done]``, ``todo - done``.

    ``regions`` are those of its scope.
    """
    if isinstance(node, facts.Call) and len(node.arguments) == 1:  # list(set(todo) - set(done)), sorted(...)
        return is_remainder(node.arguments[0].value, regions)
    if isinstance(node, facts.Comprehension):
        clause = regions[node.region]
        conditions = clause.conditions if isinstance(clause, facts.For) else ()
        return any(isinstance(one, facts.Comparison) and "not in" in one.operators for one in conditions)
    return isinstance(node, facts.Operation) and node.operator == "-" and len(node.operands) == 2


def without_places(node: facts.Expr) -> str:
    """An expression as text that is the same wherever it stands."""
    return re.sub(r"Span\([^)]*\)", "", repr(node))


def taken_from(node: facts.Expr) -> set[str]:
    """The container that a call takes an item from: ``queue.pop()``, ``queue.get()``."""
    if isinstance(node, facts.Call) and isinstance(node.func, facts.Attribute):
        if node.func.name in ("pop", "popleft", "get", "get_nowait"):
            return mentioned(node.func.value)
    return set()


def put_into(node: facts.Expr) -> set[str]:
    """The container that a call puts an item into: ``queue.append(x)``, ``queue.put(x)``."""
    if isinstance(node, facts.Call) and isinstance(node.func, facts.Attribute):
        if node.func.name in ("append", "appendleft", "insert", "add", "put", "put_nowait", "extend"):
            return mentioned(node.func.value)
    return set()
