from __future__ import annotations

import pytest
from reading import cut, read, statement

from oailint.facts import (
    Assign,
    Attribute,
    Body,
    Branch,
    Case,
    Constant,
    Define,
    Evaluate,
    Finally,
    For,
    Handler,
    Import,
    Jump,
    LoopElse,
    Name,
    Named,
    Number,
    Other,
    Raise,
    Return,
    Sequence,
    Span,
    Starred,
    Try,
    TryElse,
    While,
    With,
)

A, B, C, X = Name("a"), Name("b"), Name("c"), Name("x")


def first_line(text: str) -> Span:
    return Span(1, 1, 1, len(text) + 1)


@pytest.mark.parametrize(
    ("text", "targets", "value", "annotation", "operator"),
    [
        ("a = b = c", (A, B), C, None, ""),
        ("a: b = c", (A,), C, B, ""),
        ("a: b", (A,), None, B, ""),
        ("a += b", (A,), B, None, "+"),
        ("a //= b", (A,), B, None, "//"),
        ("a, *b = c", (Sequence("tuple", (A, Starred(B))),), C, None, ""),
        ("a, b = b, c", (Sequence("tuple", (A, B)),), Sequence("tuple", (B, C)), None, ""),
        ("type a[b] = c", (A,), C, None, ""),
    ],
)
def test_assign(text: str, targets: object, value: object, annotation: object, operator: str) -> None:
    assert statement(text) == Assign(targets, value, annotation, operator, 0, first_line(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", A),
        ("assert a, b", Other((A, B))),
        ("assert a", Other((A,))),
        ("del a, b", Other((A, B))),
        ("del a", Other((A,))),
    ],
)
def test_evaluate(text: str, expected: object) -> None:
    assert statement(text) == Evaluate(expected, 0, first_line(text))


def test_jumps_and_exits() -> None:
    facts = read(
        "def f():\n    pass\n    while a: break; continue\n    return\n    return a\n    raise\n    raise a from b\n"
    )
    statements = facts.scopes[1].statements
    assert statements == (
        Jump("pass", 0, Span(2, 5, 2, 9)),
        Jump("break", 1, Span(3, 14, 3, 19)),
        Jump("continue", 1, Span(3, 21, 3, 29)),
        Return(None, 0, Span(4, 5, 4, 11)),
        Return(A, 0, Span(5, 5, 5, 13)),
        Raise(None, None, 0, Span(6, 5, 6, 10)),
        Raise(A, B, 0, Span(7, 5, 7, 19)),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a", [("a", "", "", 0)]),
        ("import a.b as c, d", [("a.b", "", "c", 0), ("d", "", "", 0)]),
        ("from a.b import c as d, e", [("a.b", "c", "d", 0), ("a.b", "e", "", 0)]),
        ("from . import a", [("", "a", "", 1)]),
        ("from ...a import b", [("a", "b", "", 3)]),
        ("from a import *", [("a", "*", "", 0)]),
    ],
)
def test_import(text: str, expected: list[tuple[str, str, str, int]]) -> None:
    found = read(text).scopes[0].statements
    assert found == tuple(Import(*one, 0, first_line(text)) for one in expected)


def test_conditional_import_stands_in_its_region() -> None:
    (module,) = read("try:\n    import a\nexcept ImportError:\n    import b\n").scopes
    assert [(one.module, type(module.regions[one.region])) for one in module.statements] == [("a", Try), ("b", Handler)]


def test_branches() -> None:
    text = "if a:\n    x\nelif b:\n    x\nelse:\n    x\nx\n"
    (module,) = read(text).scopes
    assert module.regions == (
        Body(-1, Span(1, 1, 1, 1)),
        Branch(0, A, True, Span(1, 1, 1, 6)),
        Branch(0, A, False, Span(3, 1, 3, 8)),
        Branch(2, B, True, Span(3, 1, 3, 8)),
        Branch(2, B, False, Span(5, 1, 5, 6)),
    )
    assert [one.region for one in module.statements] == [1, 3, 4, 0]


def test_loops() -> None:
    text = "for a in b :\n    x\nelse:\n    x\nwhile (a := b):\n    x\nelse:\n    x\nx\n"
    (module,) = read(text).scopes
    assert module.regions[1:] == (
        For(0, A, B, (), False, False, Span(1, 1, 1, 13)),
        LoopElse(0, 1, Span(3, 1, 3, 6)),
        While(0, Named("a", B), Span(5, 1, 5, 16)),
        LoopElse(0, 3, Span(7, 1, 7, 6)),
    )
    assert [one.region for one in module.statements] == [1, 2, 3, 4, 0]


def test_a_comprehension_in_a_test_stands_inside_the_while() -> None:
    (module,) = read("while any(a for a in b):\n    pass\n").scopes
    assert isinstance(module.regions[1], While)
    assert (type(module.regions[2]), module.regions[2].parent) == (For, 1)


def test_try() -> None:
    text = "try:\n    x\nexcept (a, b) as c:\n    x\nexcept:\n    x\nelse:\n    x\nfinally:\n    x\n"
    (module,) = read(text).scopes
    assert module.regions[1:] == (
        Try(0, Span(1, 1, 1, 5)),
        Handler(0, 1, Sequence("tuple", (A, B)), "c", False, Span(3, 1, 3, 20)),
        Handler(0, 1, None, "", False, Span(5, 1, 5, 8)),
        TryElse(0, 1, Span(7, 1, 7, 6)),
        Finally(0, 1, Span(9, 1, 9, 9)),
    )
    assert [one.region for one in module.statements] == [1, 2, 3, 4, 5]


def test_exception_groups() -> None:
    (module,) = read("try:\n    x\nexcept* a:\n    x\n").scopes
    assert module.regions[2] == Handler(0, 1, A, "", True, Span(3, 1, 3, 11))


def test_with() -> None:
    (module,) = read("with a as x, b:\n    x\nwith (a as (b, c),\n      b): x\n").scopes
    assert module.regions[1:] == (
        With(0, (A, B), (X, None), False, Span(1, 1, 1, 16)),
        With(0, (A, B), (Sequence("tuple", (B, C)), None), False, Span(3, 1, 4, 10)),
    )


def test_async_blocks() -> None:
    facts = read("async def f():\n    async with a: x\n    async for a in b: x\n")
    scope = facts.scopes[1]
    assert scope.is_async
    assert [one.is_async for one in scope.regions[1:]] == [True, True]
    assert cut("async def f():", scope.span) == "async def f():"
    assert scope.regions[2].span == Span(3, 5, 3, 22)


def test_match() -> None:
    text = (
        "match a:\n  case [1, *_] | {'k': b.c, **r}:\n    x\n  case A(b, k=None) as q if b:\n    x\n"
        "  case (-1 | c.d):\n    x\n  case _:\n    x\n"
    )
    (module,) = read(text).scopes
    first, second, third, last = module.regions[1:]
    assert isinstance(first, Case)
    assert all((one.parent, one.subject) == (0, A) for one in module.regions[1:])
    assert [one if isinstance(one, Number) else type(one).__name__ for one in first.patterns] == [
        Number(1),
        "Text",
        "Attribute",
    ]
    assert second.patterns == (Name("A"), Constant("None"))
    assert (first.guard, second.guard) == (None, B)
    assert isinstance(third.patterns[1], Attribute)
    assert last.patterns == ()
    assert cut(text, second.span) == "case A(b, k=None) as q if b:"
    assert [one.region for one in module.statements] == [1, 2, 3, 4]


def test_function() -> None:
    text = "@a\n@b(1)\ndef f(a, /, b: c = 1, *args, d, **kw) -> x:\n    global y, z\n    yield a\n"
    module, scope = read(text).scopes
    assert module.statements == (Define(1, 0, scope.span),)
    assert cut(text, scope.span) == "def f(a, /, b: c = 1, *args, d, **kw) -> x:"
    assert (scope.kind, scope.name, scope.parent, scope.parent_region) == ("function", "f", 0, 0)
    assert len(scope.decorators) == 2
    assert [(one.name, one.kind) for one in scope.parameters] == [
        ("a", "positional"),
        ("b", "positional"),
        ("args", "args"),
        ("d", "keyword"),
        ("kw", "kwargs"),
    ]
    assert (scope.parameters[1].annotation, scope.parameters[1].default) == (C, Number(1))
    assert (scope.returns, scope.globals, scope.nonlocals) == (X, ("y", "z"), ())
    assert (scope.is_generator, scope.is_async) == (True, False)


def test_generator_is_who_yields_itself() -> None:
    outer, inner = read("def f():\n    def g():\n        nonlocal a\n        x = yield\n    return g\n").scopes[1:]
    assert (outer.is_generator, inner.is_generator) == (False, True)
    assert inner.nonlocals == ("a",)
    assert (inner.parent, inner.parent_region) == (1, 0)


def test_class() -> None:
    text = "@a\nclass K(A, *b, metaclass=c, **x):\n    y: a = b\n    def f(self): pass\n"
    module, scope, method = read(text).scopes
    assert (scope.kind, scope.name) == ("class", "K")
    assert scope.bases == (Name("A"), Starred(B))
    assert [(one.keyword, one.value, one.star) for one in scope.keywords] == [("metaclass", C, 0), ("", X, 2)]
    assert (method.parent, method.name) == (1, "f")
    assert [type(one) for one in scope.statements] == [Assign, Define]
    assert cut(text, module.statements[0].span) == "class K(A, *b, metaclass=c, **x):"


def test_scopes_know_the_region_they_are_written_in() -> None:
    facts = read("for a in b:\n    def f(x=[c for c in a]): pass\n")
    module, scope = facts.scopes
    assert scope.parent_region == 1
    assert module.regions[2].parent == 1
    assert scope.regions == (Body(-1, scope.span),)


def test_type_parameters() -> None:
    facts = read("def f[T: int = str, *Ts, **P](x: T) -> T: pass\nclass K[T](A): pass\n")
    assert [scope.name for scope in facts.scopes] == ["", "f", "K"]


def test_semicolons_and_one_line_suites() -> None:
    (module,) = read("if a: b; c\nb; c;\n").scopes
    assert [(one.value, one.region, one.span.column) for one in module.statements] == [
        (B, 1, 7),
        (C, 1, 10),
        (B, 0, 1),
        (C, 0, 4),
    ]


def test_extents() -> None:
    text = (
        "x = 1\nx = a(\n  1)\n@a\ndef f(\n    a,\n): pass\nif (a and\n    b):\n    x\nelif c: '''\n'''\n"
        "match (a,\n  b):  # c\n  # d\n  case 1: pass\n  case (2 |\n   3): pass\n"
    )
    assert read(text).extents == ((2, 3), (4, 7), (8, 9), (11, 12), (13, 14), (17, 18))


@pytest.mark.parametrize("text", ["", "\n\n", "# c", "# c\n", "\x0c\n", "  \n", "\t# c"])
def test_empty_files(text: str) -> None:
    facts = read(text)
    assert len(facts.scopes) == 1
    assert facts.scopes[0].statements == ()
    assert facts.scopes[0].kind == "module"


def test_comments() -> None:
    text = (
        "# oailint: ignore-file[OAI101]\nx = (1,  # NOQA\n     # noqa: OAI1\n     2)\ny = '# oailint: no'\n"
        "z = f'# noqa {x}'  # plain\ndef f():\n    pass  # OAIlint: ignore[x]\n    # noqa\n"
    )
    facts = read(text)
    assert [(one.text, one.line, one.column, one.alone) for one in facts.comments] == [
        ("# oailint: ignore-file[OAI101]", 1, 1, True),
        ("# NOQA", 2, 10, False),
        ("# noqa: OAI1", 3, 6, True),
        ("# OAIlint: ignore[x]", 8, 11, False),
        ("# noqa", 9, 5, True),
    ]
