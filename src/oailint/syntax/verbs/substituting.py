"""An expression put in the place of another."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Sequence

import libcst as cst

from oailint.facts import Span
from oailint.syntax.verbs.bindings import Bindings
from oailint.syntax.verbs.precedence import demanded, strength
from oailint.syntax.verbs.splices import Group, Refused, Splice
from oailint.syntax.verbs.tree import Tree, children
from oailint.syntax.verbs.wanted import Wanted

_HOLE = re.compile(r"\{(\d+|[a-z])\}")


def substituted(
    tree: Tree, bindings: Bindings, target: Span, template: str, names: Sequence[str], parts: Sequence[Span]
) -> tuple[Group, set[Wanted]]:
    """The template, filled in, in the place of the expression at ``target``; and the imports that this takes."""
    node = tree.expression(target)
    start, end = tree.inner(node)
    wanted: set[Wanted] = set()
    texts: dict[str, str] = {}
    for index, dotted in enumerate(names):
        texts[str(index)], needed = bindings.spell(dotted, node)
        wanted |= {needed} if needed is not None else set()
    part_nodes = {chr(ord("a") + index): tree.expression(span) for index, span in enumerate(parts)}
    tree.keep_comments(start, end, [tree.inner(part) for part in part_nodes.values()])
    shape = _parsed(_HOLE.sub(lambda found: f"_hole_{found[1]}", template))
    for name in _builtins(shape):
        if not bindings.is_builtin(name, node):
            raise Refused(f"`{name}` means something else here")
    for hole, needs in _demands(shape):
        if hole in part_nodes:
            source = tree.source(part_nodes[hole])
            texts[hole] = f"({source})" if strength(part_nodes[hole], bare=True) < needs else source
    content = _HOLE.sub(lambda found: _filled(texts, found[1]), template)
    if not node.lpar:
        hole = shape.value.removeprefix("_hole_") if isinstance(shape, cst.Name) else ""
        whole = strength(part_nodes[hole], bare=True) if hole in part_nodes else strength(shape)
        is_loose = whole < demanded(tree.parent(node), node)
        if is_loose or (_has_newline(content) and not tree.is_enclosed(node)):
            content = f"({content})"
    tree.check_in_string(node, content)
    return (Splice(start, end, _apart(tree.text, start, end, content)),), wanted


def _filled(texts: dict[str, str], hole: str) -> str:
    if hole not in texts:
        raise Refused(f"the template has no value for {{{hole}}}")
    return texts[hole]


def _has_newline(content: str) -> bool:
    return "\n" in content or "\r" in content


def _parsed(template: str) -> cst.BaseExpression:
    try:
        return cst.parse_expression(template)
    except cst.ParserSyntaxError:
        raise Refused("the new expression is none") from None


def _builtins(shape: cst.BaseExpression) -> Iterator[str]:
    """The names of Python's own functions that a template calls."""
    pending: list[cst.CSTNode] = [shape]
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and hasattr(builtins, node.func.value):
            yield node.func.value
        pending.extend(children(node))


def _demands(shape: cst.BaseExpression) -> list[tuple[str, float]]:
    """For each hole, how tightly what is put into it must hold together."""
    found: list[tuple[str, float]] = []
    pending: list[tuple[cst.CSTNode | None, cst.CSTNode]] = [(None, shape)]
    while pending:
        parent, node = pending.pop()
        if isinstance(node, cst.Name) and node.value.startswith("_hole_"):
            found.append((node.value.removeprefix("_hole_"), demanded(parent, node)))
        pending.extend((node, child) for child in children(node))
    return found


def _apart(text: str, start: int, end: int, content: str) -> str:
    """``content`` with a space where it would run into a word beside it (``if"429"in text``)."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if _is_word(before) and _is_word(content[:1]):
        content = f" {content}"
    return f"{content} " if _is_word(after) and _is_word(content[-1:]) else content


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"
