"""Patterns of ``match``: the values and the classes that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oailint.facts import Expr
from oailint.syntax.walk import Walk

if TYPE_CHECKING:
    import libcst as cst
else:
    from oailint.syntax import nodes as cst


def named(walk: Walk, pattern: cst.MatchPattern) -> tuple[Expr, ...]:
    """The values and the classes in ``pattern``, in their order."""
    found: list[Expr] = []
    _collect(walk, pattern, found)
    return tuple(found)


def _collect(walk: Walk, node: cst.CSTNode | None, found: list[Expr]) -> None:
    if isinstance(node, (cst.MatchValue, cst.MatchSingleton)):
        found.append(walk.expr(node.value))
    elif isinstance(node, (cst.MatchList, cst.MatchTuple)):
        for item in node.patterns:
            if isinstance(item, cst.MatchSequenceElement):
                _collect(walk, item.value, found)
    elif isinstance(node, cst.MatchMapping):
        for entry in node.elements:
            found.append(walk.expr(entry.key))
            _collect(walk, entry.pattern, found)
    elif isinstance(node, cst.MatchClass):
        found.append(walk.expr(node.cls))
        for one in node.patterns:
            _collect(walk, one.value, found)
        for keyword in node.kwds:
            _collect(walk, keyword.pattern, found)
    elif isinstance(node, cst.MatchAs):
        _collect(walk, node.pattern, found)
    elif isinstance(node, cst.MatchOr):
        for choice in node.patterns:
            _collect(walk, choice.pattern, found)
