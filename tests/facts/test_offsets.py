from __future__ import annotations

import libcst as cst
import pytest
import samples
from libcst.metadata import MetadataWrapper, PositionProvider

from oailint.facts import Span
from oailint.syntax import offsets
from oailint.syntax.lines import Lines

TEXTS = {
    "plain": "x = f(a.b, 'c')\nif x:\n    y = [i for i in z if i]\nelse:\n    pass\n",
    "no final newline": "x = 1",
    "crlf": "def f(a,\r\n      b=1):\r\n    return a\r\n\r\nx = f(\r\n    1)\r\n",
    "cr": "a = f(1)\rb = g(2, 3)\rc = h()",
    "tabs": "if a:\n\tx = f(\n\t\ta,\tb)\n\tfor\ti in\ty:\n\t\tpass\n",
    "non-BMP": "x = '\U0001f600' + f('é')\nf(x)  # \U0001f600\ng(y)\n",
    "form feed": "a = 1\n\x0c\ndef f():\n    pass\n\x0c\nf()\n",
    "continuation": "x = a + \\\n    f(b)\nassert x, \\\n  'y'\n",
    "comments": "# top\nx = (  # one\n    # two\n    f(a)  # three\n)\n",
    "semicolons": "a; b.c; f(d)\nif x: y; z\n",
    "parentheses": "x = ((f)((a)))\ny = (a.b).c\nz = ((a) < (b))\n",
    "comprehensions": "x = {a: b for a in c for b in d if e if f}\ny = (a async for a in b)\n",
    "f-strings": "x = f'a{b!r:>{w}}c' 'd' f\"{e.f}\"\n",
    "decorators": "@a\n@b.c(1)\nasync def f(): ...\n@d\nclass C(A, k=1):\n    x: int = 1\n",
    "blocks": "try:\n  a\nexcept (A, B) as e:\n  b\nelse:\n  c\nfinally:\n  d\nwhile a: b\nwith a as b, c: d\n",
    "match": "match a:\n  case [1, *_] if b:\n    pass\n  case A(b=2) | {'c': d}:\n    e.f\n",
    "imports": "from a import (b,\n  c as d,\n)\nfrom . import *\nimport a.b as c, d\nfrom ..e import f\n",
    "empty": "",
    "blank": "\n\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_agrees_with_the_position_provider(text: str) -> None:
    assert_agreement(text)


def test_agrees_with_the_position_provider_on_real_files() -> None:
    nodes = 0
    for _, text in samples.sample(40):
        try:
            cst.parse_module(text)
        except cst.ParserSyntaxError:
            continue
        nodes += assert_agreement(text)
    assert nodes > 20_000


def assert_agreement(text: str) -> int:
    """Compares all that was recorded; the number of nodes."""
    module = cst.parse_module(text)
    found = offsets.positions(module, text, comments=True)
    expected = offsets.from_provider(module, text)
    nodes = {id(node): node for node in MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)}
    for key, span in found.spans.items():
        assert span == expected.spans[key], nodes[key]
    wanted = (
        cst.Call,
        cst.Attribute,
        cst.Comparison,
        cst.SimpleString,
        cst.BaseSmallStatement,
        cst.BaseCompoundStatement,
    )
    missing = [node for key, node in nodes.items() if isinstance(node, wanted) and key not in found.spans]
    assert not missing
    assert found.headers == expected.headers
    assert sorted(found.comments) == sorted(expected.comments)
    return len(found.spans)


def test_falls_back_to_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    text = TEXTS["plain"]
    module = cst.parse_module(text)
    expected = offsets.positions(module, text).span(module.body[0])
    monkeypatch.delattr(offsets._State, "record_syntactic_position")
    found = offsets.positions(module, text)
    assert found.span(module.body[0]) == expected == Span(1, 1, 1, 16)
    assert found.headers


@pytest.mark.parametrize(
    "text",
    [
        "\x0cx = f(1)\n",
        "\\\nx = f(1)\n",
        "if a:\n  b\n  \\\n  x = f(1)\n",
        "a = 1\rx = f(1)\r",
        "\x0c\\\n\x0cx = f(1)\n",
    ],
)
def test_is_right_where_libcst_loses_characters(text: str) -> None:
    module = cst.parse_module(text)
    assert module.code != text
    found = offsets.positions(module, text)
    calls = [text[start:end] for start, end in found.spans.values() if text[start:end].startswith("f(")]
    assert "f(1)" in calls
    assert "x = f(1)" in [text[start:end] for start, end in found.spans.values()]


def test_headers_end_after_the_colon() -> None:
    text = "for a in b[1:2] :  # c: d\n    pass\nif x: y = {1: 2}\n"
    module = cst.parse_module(text)
    headers = sorted(offsets.positions(module, text).headers.values())
    assert [text[:end].splitlines()[-1] for end in headers] == ["for a in b[1:2] :", "if x:"]


@pytest.mark.parametrize("newline", ["\n", "\r", "\r\n"])
def test_lines(newline: str) -> None:
    text = newline.join(["ab", "", "\U0001f600x", "\tz"])
    lines = Lines(text)
    x = text.index("x")
    assert lines.line(x) == 3
    assert lines.column(x) == 2
    assert lines.offset(3, 2) == x
    assert lines.span(0, 2) == Span(1, 1, 1, 3)
    assert lines.span(x, text.index("z") + 1) == Span(3, 2, 4, 3)
    assert lines.span(len(text), len(text)) == Span(4, 3, 4, 3)
