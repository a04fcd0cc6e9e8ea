"""The places of expressions and statements by Python's own ``ast``, to hold the facts against."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from oailint import facts
from oailint.facts import FileFacts, Span

EXPRESSIONS: dict[type, type] = {
    ast.Call: facts.Call,
    ast.Attribute: facts.Attribute,
    ast.Compare: facts.Comparison,
    ast.Subscript: facts.Subscript,
}
STATEMENTS: dict[type, type] = {
    ast.Assign: facts.Assign,
    ast.AnnAssign: facts.Assign,
    ast.AugAssign: facts.Assign,
    ast.Expr: facts.Evaluate,
    ast.Assert: facts.Evaluate,
    ast.Delete: facts.Evaluate,
    ast.Return: facts.Return,
    ast.Raise: facts.Raise,
    ast.Pass: facts.Jump,
    ast.Break: facts.Jump,
    ast.Continue: facts.Jump,
    ast.Import: facts.Import,
    ast.ImportFrom: facts.Import,
}
COUNTED: dict[type, type] = {
    ast.Await: facts.Await,
    ast.Yield: facts.Yield,
    ast.YieldFrom: facts.Yield,
    ast.Lambda: facts.Lambda,
    ast.ListComp: facts.Comprehension,
    ast.SetComp: facts.Comprehension,
    ast.DictComp: facts.Comprehension,
    ast.GeneratorExp: facts.Comprehension,
    ast.comprehension: facts.For,
    ast.For: facts.For,
    ast.AsyncFor: facts.For,
    ast.While: facts.While,
    ast.Try: facts.Try,
    ast.ExceptHandler: facts.Handler,
    ast.With: facts.With,
    ast.AsyncWith: facts.With,
    ast.FunctionDef: facts.Define,
    ast.AsyncFunctionDef: facts.Define,
    ast.ClassDef: facts.Define,
    ast.NamedExpr: facts.Named,
    ast.IfExp: facts.Conditional,
    ast.match_case: facts.Case,
}
if sys.version_info >= (3, 11):
    COUNTED[ast.TryStar] = facts.Try


def fact_nodes(root: FileFacts) -> Iterator[msgspec.Struct]:
    """Every struct in ``root``, once: a test that two regions share is one."""
    seen: set[int] = set()
    rest: list[object] = [root]
    while rest:
        value = rest.pop()
        if isinstance(value, tuple):
            rest += value
        elif isinstance(value, msgspec.Struct) and not isinstance(value, Span):
            if id(value) in seen:
                continue
            seen.add(id(value))
            yield value
            rest += [getattr(value, name) for name in value.__struct_fields__]


def found_in_facts(root: FileFacts) -> tuple[dict[str, set[Span]], dict[str, int]]:
    """Spans by kind, and numbers by kind."""
    spans: dict[str, set[Span]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    placed = {*EXPRESSIONS.values(), *STATEMENTS.values()}
    lambdas = {scope.span for scope in root.scopes if scope.kind == "lambda"}
    for node in fact_nodes(root):
        kind = type(node)
        if kind in placed and not (kind is facts.Return and node.span in lambdas):
            spans[kind.__name__].add(node.span)
        elif kind in COUNTED.values():
            counts[kind.__name__] += 1
    return spans, counts


def found_by_ast(text: str) -> tuple[dict[str, set[Span]], dict[str, int]]:
    """The same by ``ast``."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    spans: dict[str, set[Span]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for node in ast.walk(ast.parse(text)):
        kind = EXPRESSIONS.get(type(node)) or STATEMENTS.get(type(node))
        if kind is not None:
            spans[kind.__name__].add(_span(node, lines))
        elif type(node) in COUNTED:
            counts[COUNTED[type(node)].__name__] += 1
    return spans, counts


def _span(node: ast.AST, lines: list[str]) -> Span:
    start = _column(lines[node.lineno - 1], node.col_offset)
    end = _column(lines[node.end_lineno - 1], node.end_col_offset)
    return Span(node.lineno, start, node.end_lineno, end)


def _column(line: str, offset: int) -> int:
    if line.isascii():
        return offset + 1
    return len(line.encode("utf-8")[:offset].decode("utf-8", "replace")) + 1


def has_f_string(text: str) -> bool:
    """Whether ``ast`` may say nonsense of what stands in ``text``: places inside f-strings, before Python 3.12."""
    return sys.version_info < (3, 12) and any(isinstance(node, ast.JoinedStr) for node in ast.walk(ast.parse(text)))
