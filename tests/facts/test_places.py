"""Places that are told by counting tokens are those of libcst's code generator, and cheap nodes those of libcst."""

from __future__ import annotations

import dataclasses
import inspect
import random
import re
import subprocess
import sys
from typing import Any

import libcst as cst
import msgspec
import pytest
import samples
from test_offsets import TEXTS

from oailint.facts import FileFacts
from oailint.syntax import counting, nodes, places
from oailint.syntax.extract import extract, fast_and_deep
from oailint.syntax.shapes import FIELDS
from oailint.syntax.tokens import Tokens

ODD = {
    "quotes in f-strings": 'f\'{a["b"]}{c("}")!r:>{d}}\' f"""{ {\'a\': \'}\'}[\'a\'] }"""\n',
    "nested f-strings": "f'{f\"{a.b}\" + f\"{c:{d}}\"}' 'x' rf'\\d{a}{{b}}'\n",
    "self-documenting": "f'{a = }{b.c=!r:x}{d == e}{f != g}{h:=5}{(i := 1)}'\n",
    "format specifications": "f'{a:%H:%M}{b:{c}.{d}f}{e:}{f!s:#x}'\n",
    "lines in f-strings": "f'''{\n  a.b\n  }{c(\n)}'''\n",
    "blanks at the ends of texts": "f' {a.b} '\nf'{c}  '\n",
    "hashes in strings": "a = '#', \"#'\", '''# \"''' # '\nb = 'c\\\n#d' # e\n",
    "strings after words": "a = b if c in'd'else'e'or\"f\"\n",
    "numbers": "a = 1_0.0e-1_0j + 0xFF + .5 + 1. + 1.0.real + 1if b else 0b1\n",
    "dots": "from ... import a\nfrom .... a import b\nfrom . . c import d\ne[...], ....f\n",
    "operators": "a = b**c//d<<e>>f@g!=h\na **= b; a //= c; a <<= -d; a >>= ~e; a @= f; a -= not g\n",
    "words of two": "a = b not in c is not d\ne = (yield from f)\nraise g from h\n",
    "parameters": "def f(a, /, b: c = 1, *d: e, g=2, **h: i) -> j: pass\nlambda *, a=1, **b: (a, b)\nlambda: 0\n",
    "type parameters": "class A[T: int, *U, **V](B, metaclass=C): pass\ndef f[T = int](a: T): pass\ntype X[T] = Y[T]\n",
    "stars": "a, *b = *c, d\nf(*a, **b)\n{**a, 'b': c}\nx[*a, 1:2:3, ::]\nfor i in *a, b: pass\n",
    "parentheses": "((a))((b), (c),)[((d)):(e)]\nwith (a as b, c as (d, e),): pass\n"
    "from a import (b, c as d,)\ndel (a), (b, c)\n",
    "asynchronous": "async def f():\n  async with a as b: await c\n  async for d in e: pass\n"
    "  return [g async for h in i if j]\n",
    "patterns": "match a, b:\n  case (1 | 2) as c, [*_, -1.5 + 2j, *d]: pass\n  case {'e': f, **g} | {}: pass\n"
    "  case H(i, j=k.l) if m: pass\n  case None | (_): pass\n  case (a, ) | [] | (): pass\n  case *b, c: pass\n",
    "decorators": "# a\n@b\n\n# c\n@d.e(f)  # g\nasync def h(): pass\n@(i := j)\nclass K(): pass\n",
    "odd blanks": "if a:\n\f  b\n  \\\n  c\n\n\n  # d\ne; f;\n",
    "exception groups": "try: a\nexcept* (B, C) as d: e\nexcept *F: g\nelse: h\nfinally: i\n",
    "names that are not ASCII": "\u00e9\u0301 = \u4e2d\u0941 . \U00010400\nx\u00b7y = f(\u0915\u093f)\n",
    "a comment at the end": "a = b # c",
    "a comment alone": "# a",
    "comments in brackets": "f(  # a\n  # 'b\n  c,  # \"d\n\n  e  # )\n)\nx = [  # (\n]\n",
    "global": "def f():\n  global a, b\n  nonlocal c\n  assert d, e\n  x: int\n  y: int = 1\n  z: int; pass\n",
}
TAKEN = {**TEXTS, **ODD}


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN)
def test_agrees_with_the_code_generator(text: str) -> None:
    assert_agreement(text)


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN)
def test_agrees_whatever_ends_a_line(text: str, newline: str) -> None:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", newline)
    try:
        cst.parse_module(text)
    except cst.ParserSyntaxError:
        pytest.skip("libcst does not read it")
    assert_agreement(text)


def test_agrees_on_real_files() -> None:
    compared = 0
    for _, text in samples.sample(40):
        try:
            cst.parse_module(text)
        except cst.ParserSyntaxError:
            continue
        compared += assert_agreement(text)
    assert compared > 10_000


def test_agrees_with_blanks_and_comments_in_odd_places() -> None:
    rng = random.Random(5)
    compared = 0
    texts = [*TAKEN.values(), *(text for _, text in samples.sample(20) if len(text) < 6_000)]
    for text in (one for one in texts if not _F_STRING.search(one)):
        for _ in range(4):
            changed = "".join(one + rng.choice(_BLANKS) if one in "([{,+" else one for one in text)
            try:
                cst.parse_module(changed)
            except cst.ParserSyntaxError:
                continue
            assert_agreement(changed)
            compared += 1
    assert compared > 60


_F_STRING = re.compile(r"\b[rR]?[fFtT][rR]?[\"']")
_BLANKS = ("", "", "", " ", "  # '\n ", "\n", "\\\n", "\t\f ", '#)\n\n#"\n')


def assert_agreement(text: str) -> int:
    """Compares all that was told of all nodes; the number of nodes with a place."""
    with fast_and_deep():
        module = nodes.parse(text)
        found = places.counted(module, Tokens(text))
        assert found is not None
        other, expected = places.generated(text)
        assert sorted(found.comments()) == sorted(expected.comments())
        return _compared(module, other, found, expected)


def _compared(one: Any, other: Any, found: places.Places, expected: places.Places) -> int:
    assert type(one) is type(other)
    if isinstance(one, tuple):
        assert len(one) == len(other)
        return sum(_compared(*pair, found, expected) for pair in zip(one, other, strict=True))
    if type(one).__name__ not in nodes.KINDS:
        assert one == other
        return 0
    count = 0
    if id(one) in found._marks:
        count = 1
        assert found.end(one) == expected.end(other), one
        if isinstance(one, (nodes.CompFor, nodes.CompIf)):  # type: ignore[attr-defined]
            assert found.before(one) == expected.before(other)
        else:
            assert found.start(one) == expected.start(other), one
            assert found.span(one) == expected.span(other)
    if id(one) in found._marks.headers:
        assert found.header_end(one) == expected.header_end(other)
    for field in one.__struct_fields__:
        # What the parser leaves out may be a piece of whitespace in libcst's own node.
        if getattr(one, field) is not None:
            count += _compared(getattr(one, field), getattr(other, field), found, expected)
    return count


@pytest.mark.skipif(not hasattr(cst, "LazyImport"), reason="libcst is older")
def test_lazy_imports() -> None:
    assert_agreement("lazy import a, b.c\nlazy from . import (d as e, f)\nlazy from g import *; h.i\n")


@pytest.mark.parametrize(
    "text",
    [
        "f'''{a # b\n}'''\nc.d()\n",
        'f\'{a["}"]:{b["}"]}}\' + c.d()\n',
    ],
)
def test_facts_are_those_of_the_code_generator_where_counts_may_not_add_up(text: str) -> None:
    assert_same_facts(text)


def assert_same_facts(text: str) -> None:
    found = extract(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "counted", lambda module, text: None)
        expected = extract(text)
    assert found == expected


def test_an_unknown_kind_of_node_is_left_to_the_code_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "import a\nb = c(lambda d: [e.f for e in d if 'g'])  # noqa\n"
    expected = extract(text)
    assert isinstance(expected, FileFacts) and expected.comments
    monkeypatch.delitem(counting.VISITORS, nodes.KINDS["CompIf"])
    assert places.counted(nodes.parse(text), Tokens(text)) is None
    assert extract(text) == expected


def test_counts_that_do_not_add_up_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a = b.c\n"
    monkeypatch.setitem(counting.VISITORS, nodes.KINDS["Attribute"], lambda marks, node, i: i + 2)
    assert places.counted(nodes.parse(text), Tokens(text)) is None


def test_every_kind_of_node_has_a_recipe() -> None:
    abstract = {"BaseAssignTargetExpression"}
    blanks = {"Newline", "Comment", "EmptyLine", "SimpleWhitespace", "TrailingWhitespace", "ParenthesizedWhitespace"}
    one_token = {"Comma", "Dot", "Colon", "Semicolon", "AssignEqual", "Asynchronous", "BitOr", "ImportStar"}
    brackets = {side + kind for side in ("Left", "Right") for kind in ("Paren", "SquareBracket", "CurlyBrace")}
    in_f_strings = {kind + part for kind in ("Formatted", "Templated") for part in ("StringText", "StringExpression")}
    known = {kind.__name__ for kind in counting.VISITORS} | blanks | one_token | brackets | in_f_strings | abstract
    operators = (cst.BaseBinaryOp, cst.BaseBooleanOp, cst.BaseUnaryOp, cst.BaseCompOp, cst.BaseAugOp)
    missing = []
    for name, kind in vars(cst).items():
        is_node = isinstance(kind, type) and issubclass(kind, cst.CSTNode) and not issubclass(kind, operators)
        if is_node and name in nodes.KINDS and not kind.__subclasses__() and name not in known:
            missing.append(name)
    assert not missing


def test_libcst_is_as_it_was_after_parsing() -> None:
    nodes.parse("a = 1\n")
    with pytest.raises(nodes.Refused):
        nodes.parse("a = (\n")
    assert sys.modules["libcst"] is cst
    assert isinstance(cst.parse_module("a\n"), cst.Module)


def test_the_table_of_fields_is_that_of_libcst() -> None:
    kinds = [kind for kind in vars(cst).values() if isinstance(kind, type) and issubclass(kind, cst.CSTNode)]
    concrete = [kind for kind in kinds if not inspect.isabstract(kind) and not kind.__subclasses__()]
    found = {
        kind.__name__: [one.name + "*" * (one.default == ()) for one in dataclasses.fields(kind)]
        for kind in concrete
        if not kind.__name__.startswith("Base")
    }
    assert {name: FIELDS[name].split() for name in found} == found
    assert hasattr(cst, "LazyImport") <= (FIELDS.keys() == found.keys())


def test_a_kind_of_node_that_is_not_in_the_table_is_read_with_all_of_libcst(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "import a\nif a:\n    b = c[1:2](d=3)  # noqa\n"
    expected = extract(text)
    assert isinstance(expected, FileFacts) and expected.comments
    monkeypatch.delattr(nodes, "SubscriptElement")
    monkeypatch.delitem(nodes.KINDS, "SubscriptElement")
    assert places.counted(nodes.parse(text), Tokens(text)) is None
    assert extract(text) == expected


def test_a_field_that_is_not_in_the_table_is_read_with_all_of_libcst(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "f(a, b)  # noqa\n"
    expected = extract(text)
    monkeypatch.setattr(nodes, "Comma", msgspec.defstruct("Comma", [("whitespace_before", object, None)], kw_only=True))
    with pytest.raises(TypeError):
        nodes.parse(text)
    assert extract(text) == expected


@pytest.mark.parametrize(
    "text", ["a = (\n", "if a:\n\tb = )\n", "é\t\t= = 1\n", "a = 1\n\x0c\n\tb c\n", "(\n\n", "'a\n"]
)
def test_a_text_that_is_not_taken_is_refused_where_libcst_says(text: str) -> None:
    with pytest.raises(cst.ParserSyntaxError) as expected:
        cst.parse_module(text)
    with pytest.raises(nodes.Refused) as found:
        nodes.parse(text)
    assert (found.value.line, found.value.column) == (expected.value.editor_line, expected.value.editor_column)
    with pytest.raises(nodes.Refused) as found:
        places.generated(text)
    assert (found.value.line, found.value.column) == (expected.value.editor_line, expected.value.editor_column)


def test_facts_are_told_without_importing_libcst() -> None:
    program = """
import sys
from oailint.syntax.extract import extract
text = "import openai\\nx = f'{openai.OpenAI(a)}'  # a\\n"
found = extract(text), extract("a = (")
assert not [name for name in sys.modules if name.split(".")[0] == "libcst"]
import libcst
assert libcst.parse_module(text).code == text  # and it is whole when it comes later
assert (extract(text), extract("a = (")) == found
from oailint.syntax import places
assert places.generated(text)[0].body
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_parser_is_found_in_another_place_too() -> None:
    program = """
import importlib.util, sys
from oailint.syntax import nodes
from oailint.syntax.extract import extract
nodes.EXTENSION_SUFFIXES.clear()
extract("a = 1")
assert "libcst.native" in sys.modules and sys.modules["libcst"].parse_module
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_program_with_threads_keeps_its_libcst() -> None:
    program = """
import sys, threading
import libcst
from oailint.syntax import nodes, places
from oailint.syntax.extract import extract
text = "x = f(1)  # a\\n"
alone = extract(text)
assert nodes.is_safe()
del nodes.parse
stop = threading.Event()
other = threading.Thread(target=stop.wait)
other.start()
assert not nodes.is_safe()
assert extract(text) == alone and sys.modules["libcst"] is libcst
stop.set()
other.join()
assert nodes.is_safe() and extract(text) != alone  # the fast way was taken, and is not there
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def _in_each_other(count: int) -> str:
    text = "'a'"
    for quote in ("'", '"', "'''", '"""'):
        text = f"f{quote}{{({text}{', {1}' * count})}}{quote}"
    return f"x = {text}\n"


@pytest.mark.parametrize(
    "text",
    [
        _in_each_other(60),
        'x = f"{(a' + ", {1}" * 1000 + ')}"\n',
        'x = f"""{[' + "{1:2}, " * 1000 + ']}"""\n',
        'x = f"""{\na # c\n}"""\n' + "y = {}\n" * 3000,
        'x = f"{a}"\n' * 3000 + 'x = f"{(a, {1}, {2})}"\n' * 300,
    ],
    ids=["in each other", "many sets", "many dicts", "a comment", "plain"],
)
def test_trying_ends_soon(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = 0
    add_all = Tokens.add_all

    def counted(self: Tokens, start: int, end: int) -> bool:
        nonlocal read
        read += end - start
        return add_all(self, start, end)

    monkeypatch.setattr(Tokens, "add_all", counted)
    assert isinstance(extract(text), FileFacts)
    assert read <= counting.MOST_READ * (len(text) + 1_000)
