"""Places that hold secrets: by the name of the keyword, variable, dict key or environment variable."""

from __future__ import annotations

from collections.abc import Sequence as AbstractSequence
from typing import TYPE_CHECKING

from oailint.facts import Argument, Call, Conditional, Expr, Named, Sequence
from oailint.masking import is_secret_name
from oailint.syntax import literals, operators
from oailint.syntax.kinds import FORMATTED_STRINGS
from oailint.syntax.walk import Walk

if TYPE_CHECKING:
    import libcst as cst
else:
    from oailint.syntax import nodes as cst

_VALUE_KEYWORDS = frozenset({"default", "value"})
_WRAPPERS = frozenset({"SecretStr", "SecretBytes", "Secret", "str", "bytes"})
_NOTHING: frozenset[int] = frozenset()


def named(walk: Walk, node: cst.BaseExpression, name: str) -> Expr:
    """``node``, the value of something called ``name``."""
    return hidden(walk, node) if name and is_secret_name(name) else walk.expr(node)


def hidden(walk: Walk, node: cst.BaseExpression) -> Expr:
    """``node``, where a secret is expected: no literal that it may evaluate to, or be made of, is kept."""
    if isinstance(node, cst.SimpleString):
        return literals.string(walk, node, secret=True)
    if isinstance(node, cst.ConcatenatedString):
        return literals.concatenated(walk, node, secret=True)
    if isinstance(node, FORMATTED_STRINGS):
        return literals.formatted(walk, node, secret=True)
    if isinstance(node, (cst.BooleanOperation, cst.BinaryOperation)):
        return operators.chain(walk, node, hidden)
    if isinstance(node, cst.IfExp):
        return Conditional(walk.expr(node.test), hidden(walk, node.body), hidden(walk, node.orelse))
    if isinstance(node, cst.NamedExpr) and isinstance(node.target, cst.Name):
        return Named(node.target.value, hidden(walk, node.value))
    if isinstance(node, (cst.List, cst.Tuple, cst.Set)) and all(type(one) is cst.Element for one in node.elements):
        kind = type(node).__name__.lower()
        return Sequence(kind, tuple([hidden(walk, one.value) for one in node.elements]))
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in _WRAPPERS:
        arguments = tuple([Argument(hidden(walk, one.value), "", len(one.star)) for one in node.args])
        return Call(walk.expr(node.func), arguments, walk.span(node))
    return walk.expr(node)


def target_name(node: cst.CSTNode) -> str:
    """What an assignment target is called: a name, the last part of a dotted one, or the key of an item."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        return node.attr.value
    if isinstance(node, cst.Subscript) and len(node.slice) == 1:
        index = node.slice[0].slice
        return text_of(index.value) if isinstance(index, cst.Index) else ""
    return ""


def is_secret_target(node: cst.CSTNode) -> bool:
    """Whether ``node`` is called like something that holds a secret."""
    name = target_name(node)
    return bool(name) and is_secret_name(name)


def text_of(node: cst.CSTNode) -> str:
    """The value of a short plain string, else empty."""
    if isinstance(node, cst.SimpleString) and len(node.value) < 80:
        return literals.evaluate(node) or ""
    return ""


def arguments(args: AbstractSequence[cst.Arg]) -> frozenset[int]:
    """Which arguments follow one that names a secret, as in ``getenv("OPENAI_API_KEY", "...")``."""
    if len(args) < 2:
        return _NOTHING
    for index, one in enumerate(args):
        if type(one.value) is cst.SimpleString and is_secret_name(text_of(one.value)):
            return frozenset(
                later
                for later in range(index + 1, len(args))
                if (args[later].keyword is None and later == index + 1) or _takes_value(args[later])
            )
    return _NOTHING


def _takes_value(node: cst.Arg) -> bool:
    return node.keyword is not None and node.keyword.value in _VALUE_KEYWORDS
