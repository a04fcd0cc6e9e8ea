from __future__ import annotations

import sys

import libcst
import pytest
from reading import cut, expression, read, statement

from oailint.facts import (
    Argument,
    Attribute,
    Await,
    Call,
    Comparison,
    Comprehension,
    Conditional,
    Constant,
    Expr,
    For,
    Format,
    Lambda,
    Mapping,
    Name,
    Named,
    Number,
    Operation,
    Other,
    Return,
    Sequence,
    Slice,
    Span,
    Starred,
    Subscript,
    Text,
    Yield,
)

A, B, C = Name("a"), Name("b"), Name("c")
ONE = Number(1)


def at(start: int, end: int) -> Span:
    """A span on the first line, by offsets."""
    return Span(1, start + 1, 1, end + 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", A),
        ("((a))", A),
        ("True", Constant("True")),
        ("None", Constant("None")),
        ("...", Constant("...")),
        ("1_000", Number(1000)),
        ("0x1F", Number(31)),
        ("1.5e3", Number(1500.0)),
        ("1j", Other(())),
        ("a.b", Attribute(A, "b", at(0, 3))),
        ("(a . b)", Attribute(A, "b", at(1, 6))),
        ("a(b)", Call(A, (Argument(B),), at(0, 4))),
        ("a(*b, c=1, **c)", Call(A, (Argument(B, "", 1), Argument(ONE, "c"), Argument(C, "", 2)), at(0, 15))),
        ("[a, *b]", Sequence("list", (A, Starred(B)))),
        ("(a,)", Sequence("tuple", (A,))),
        ("a, b", Sequence("tuple", (A, B))),
        ("()", Sequence("tuple", ())),
        ("{a, b}", Sequence("set", (A, B))),
        ("{a: b, **c}", Mapping((A, None), (B, C))),
        ("a + b", Operation("+", (A, B), at(0, 5))),
        ("a - b - c", Operation("-", (Operation("-", (A, B), at(0, 5)), C), at(0, 9))),
        ("a ** b ** c", Operation("**", (A, Operation("**", (B, C), at(5, 11))), at(0, 11))),
        ("not a", Operation("not", (A,), at(0, 5))),
        ("(not a)", Operation("not", (A,), at(1, 6))),
        ("-1", Operation("-", (ONE,), at(0, 2))),
        ("a or b and c", Operation("or", (A, Operation("and", (B, C), at(5, 12))), at(0, 12))),
        ("a < b", Comparison(("<",), (A, B), at(0, 5))),
        ("a not in b is not c", Comparison(("not in", "is not"), (A, B, C), at(0, 19))),
        ("a[b]", Subscript(A, B, at(0, 4))),
        ("a[b, c]", Subscript(A, Sequence("tuple", (B, C)), at(0, 7))),
        ("a[b:c]", Subscript(A, Slice(B, C, None), at(0, 6))),
        ("a[:]", Subscript(A, Slice(None, None, None), at(0, 4))),
        ("a[1:, b]", Subscript(A, Sequence("tuple", (Slice(ONE, None, None), B)), at(0, 8))),
        ("a if b else c", Conditional(B, A, C)),
        ("(a := b)", Named("a", B)),
        ("'x'", Text("x", at(0, 3))),
        ("'a' 'b'", Text("ab", at(0, 7))),
        ("b'x'", Text("x", at(0, 4))),
        ("b'\\xff'", Other(())),
        ("rb'\\x'", Text("\\x", at(0, 6))),
        ("r'\\d'", Text("\\d", at(0, 5))),
        ("'\\x41\\n'", Text("A\n", at(0, 8))),
        ("'''a'b'''", Text("a'b", at(0, 9))),
        ("f'a{b}c'", Format((Text("a", at(2, 3)), B, Text("c", at(6, 7))), at(0, 8))),
        ("f'{a!r:>{b}}'", Format((A, B), at(0, 13))),
        ("f'{{{a}}}'", Format((Text("{", at(2, 4)), A, Text("}", at(7, 9))), at(0, 10))),
        ("f'\\n{a}'", Format((Text("\n", at(2, 4)), A), at(0, 8))),
        ("rf'\\n{a}'", Format((Text("\\n", at(3, 5)), A), at(0, 9))),
        ("'a' f'{b}' 'c'", Format((Text("a", at(0, 3)), B, Text("c", at(11, 14))), at(0, 14))),
    ],
)
def test_expression(text: str, expected: Expr) -> None:
    assert expression(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("await a", Await(A)),
        ("yield", Yield(None, False)),
        ("yield a", Yield(A, False)),
        ("yield from a", Yield(A, True)),
    ],
)
def test_await_and_yield(text: str, expected: Expr) -> None:
    function = read(f"async def f():\n    x = {text}\n").scopes[1]
    assert function.statements[0].value == expected
    assert function.is_generator is isinstance(expected, Yield)


def test_operators_are_told_apart() -> None:
    for operator in ("+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>", "and", "or"):
        assert expression(f"a {operator} b") == Operation(operator, (A, B), at(0, len(operator) + 4))
    for operator in ("<", "<=", ">", ">=", "==", "!=", "in", "not in", "is", "is not"):
        assert expression(f"a {operator} b").operators == (operator,)


def test_long_operation_is_flat() -> None:
    text = "a" + " + b" * 60
    assert expression(text) == Other((A, *[B] * 60))


@pytest.mark.parametrize("text", ["9" * 30, "0x" + "f" * 20, "1e999", "9" * 5000])
def test_huge_number_fits_a_float(text: str) -> None:
    value = expression(text).value
    assert isinstance(value, float)
    assert 0 < value <= sys.float_info.max


def test_surrogates_can_be_written() -> None:
    assert expression("'\\ud800é'").value == "\\ud800é"


def test_lambda_is_a_scope_that_returns() -> None:
    facts = read("x = lambda a, b=c: a.d\n")
    module, scope = facts.scopes
    assert module.statements[0].value == Lambda(1)
    assert (scope.kind, scope.name, scope.parent, scope.parent_region) == ("lambda", "", 0, 0)
    assert [(one.name, one.default) for one in scope.parameters] == [("a", None), ("b", C)]
    (returned,) = scope.statements
    assert isinstance(returned, Return)
    assert returned.value == Attribute(A, "d", at(19, 22))
    assert scope.span == at(4, 22)


@pytest.mark.parametrize(
    ("text", "kind", "elements"),
    [
        ("[a for b in c]", "list", (A,)),
        ("{a for b in c}", "set", (A,)),
        ("(a for b in c)", "generator", (A,)),
        ("{a: c for b in c}", "dict", (A, C)),
    ],
)
def test_comprehension(text: str, kind: str, elements: tuple[Expr, ...]) -> None:
    (scope,) = read(text).scopes
    value = scope.statements[0].value
    assert isinstance(value, Comprehension)
    assert (value.kind, value.elements, value.region) == (kind, elements, 1)
    loop = scope.regions[1]
    assert isinstance(loop, For)
    assert (loop.parent, loop.target, loop.iterable, loop.conditions) == (0, B, C, ())
    assert (loop.is_async, loop.is_comprehension) == (False, True)
    assert cut(text, loop.span) == "for b in c"


def test_nested_clauses_nest() -> None:
    text = "[x for a in b(1) if a if c(2) async for x in (a)\n if (y := x)]"
    (scope,) = read(f"async def f(): return {text}").scopes[1:]
    outer, inner = scope.regions[1:]
    assert isinstance(outer, For)
    assert isinstance(inner, For)
    assert (outer.parent, inner.parent) == (0, 1)
    assert len(outer.conditions) == 2
    assert inner.conditions == (Named("y", Name("x")),)
    assert (outer.is_async, inner.is_async) == (False, True)
    assert scope.statements[0].value.region == 2
    source = f"async def f(): return {text}"
    assert cut(source, outer.span) == "for a in b(1)"
    assert cut(source, inner.span) == "async for x in (a)"


def test_comprehension_in_an_element_stands_in_the_outer_one() -> None:
    (scope,) = read("[[b for b in a] for a in c]").scopes
    outer, inner = scope.regions[1:]
    assert (outer.iterable, outer.parent) == (C, 0)
    assert (inner.iterable, inner.parent) == (A, 1)
    assert scope.statements[0].value.elements[0].region == 2


def test_lambda_in_a_comprehension_knows_its_region() -> None:
    facts = read("[lambda: a for a in c]")
    assert facts.scopes[1].parent_region == 1


def test_arguments_of_a_generator_call() -> None:
    value = expression("a(b for b in c)")
    assert isinstance(value.arguments[0].value, Comprehension)
    assert value.span == at(0, 15)


def test_spans_count_characters() -> None:
    text = "x = '\U0001f600é' + a('é')"
    value = statement(text).value
    assert cut(text, value.operands[0].span) == "'\U0001f600é'"
    assert cut(text, value.operands[1].span) == "a('é')"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_spans_over_lines(newline: str) -> None:
    text = newline.join(["x = a(", "\tb,", "    'c')", "y"])
    value = statement(text).value
    assert value.span == Span(1, 5, 3, 9)
    assert value.arguments[1].value.span == Span(3, 5, 3, 8)


@pytest.mark.skipif(not hasattr(libcst, "TemplatedString"), reason="libcst is older")
def test_template_string() -> None:
    assert expression("t'a{b}'") == Format((Text("a", at(2, 3)), B), at(0, 7))


@pytest.mark.skipif(not hasattr(libcst, "StarredDictComp"), reason="libcst is older")
def test_unpacking_comprehensions() -> None:
    assert expression("{**a for a in b}").elements == (Starred(A),)
    assert expression("[*a for a in b]").elements == (Starred(A),)


def test_nested_quotes_in_an_f_string() -> None:
    assert expression("f'{a['b']}'") == Format((Subscript(A, Text("b", at(5, 8)), at(3, 9)),), at(0, 11))
