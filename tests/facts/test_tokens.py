from __future__ import annotations

import random
from itertools import pairwise

import libcst as cst
import pytest
import samples
from test_places import TAKEN

from oailint.syntax import nodes
from oailint.syntax.tokens import Tokens


def texts() -> list[str]:
    return [*TAKEN.values(), *(text for _, text in samples.sample(40))]


def test_tokens_are_all_of_a_text() -> None:
    for text in texts():
        tokens = Tokens(text)
        ends = [tokens.end(index) for index in range(len(tokens.starts))]
        if not tokens.is_complete:
            continue  # quotes inside an f-string of the same quotes
        for end, start in zip([0, *ends], [*tokens.starts, len(text)], strict=True):
            assert end <= start
            assert not text[end:start].strip() or "#" in text[end:start] or "\\" in text[end:start]


@pytest.mark.parametrize("text", ["a = 'b\n", 'f"', "'''a\n''\n", "x = '\\'\n"])
def test_a_string_that_does_not_end_is_noticed(text: str) -> None:
    tokens = Tokens(text)
    assert not tokens.is_complete
    assert tokens.lines() is None and tokens.cuts(0) == []


def test_lines_end_where_nothing_joins_them() -> None:
    text = "a = (1,\n  2)  # b\nc = '''\n''' + d; e\nf = \\\n  g\nif h:\n\n  # i\n  j\n"
    tokens = Tokens(text)
    lines = tokens.lines()
    assert lines is not None
    assert [text[: tokens.end(index)].rsplit("\n", 1)[-1].strip() for index in lines] == [
        "2)",
        "''' + d; e",
        "g",
        "if h:",
        "j",
    ]
    assert Tokens("a = (\n").lines() is None
    assert Tokens("a)\n(b\n").lines() is None


def test_cuts_are_between_statements() -> None:
    text = (
        "a = 1\n# b\nif c:\n  d\nelif e:\n  f\n# g\nelse :\n  h\n@i(\n  j)\n\n@k\n# l\ndef m():\n  n\n"
        "try:\n  o\nexcept p: q\nfinally:\n  r\n's\nt'\n".replace("'s\nt'", "'''s\nt'''")
    )
    parts = [text[start:end] for start, end in pairwise([0, *Tokens(text).cuts(0), len(text)])]
    assert [part.split("\n")[0] for part in parts] == ["a = 1", "if c:", "@i(", "try:", "'''s"]
    for part in parts:
        cst.parse_module(part)


@pytest.mark.parametrize("size", [0, 200, 2_000])
def test_parts_make_the_same_module(size: int) -> None:
    cut = 0
    for text in texts():
        for newline in ("\n", "\r\n"):
            text = text.replace("\r\n", "\n").replace("\n", newline)
            cuts = Tokens(text).cuts(size)
            try:
                whole = nodes.parse(text)
            except nodes.Refused as error:
                with pytest.raises(nodes.Refused) as found:
                    nodes.parse(text, cuts)
                assert found.value.args == error.args
                continue
            for start, end in pairwise([0, *cuts, len(text)]):
                nodes.parse(text[start:end])
            cut += len(cuts)
            assert _shape(nodes.parse(text, cuts)) == _shape(whole)
    assert cut > 20


def _shape(node: object) -> object:
    """All of ``node`` but blank lines and comments, which may be at the end of a part instead of at the next start."""
    if isinstance(node, tuple):
        return [_shape(one) for one in node]
    if type(node).__name__ not in nodes.KINDS:
        return node
    blank = {"leading_lines", "header", "footer", "default_indent", "default_newline", "has_trailing_newline"}
    names = [name for name in node.__struct_fields__ if name not in blank and "whitespace" not in name]  # type: ignore
    return type(node).__name__, [_shape(getattr(node, name)) for name in names if name != "indent"]


def test_broken_texts_are_broken_in_parts_too() -> None:
    rng = random.Random(11)
    broken = 0
    for _, text in samples.sample(12):
        lines = text[:6_000].splitlines(keepends=True)
        for _ in range(12):
            changed = list(lines)
            place = rng.randrange(len(changed))
            changed[place] = rng.choice(
                ["", "(\n", "'''\n", "  x\n", "else:\n", ")\n", "@a\n", "\\\n", changed[place] * 2, '"\n']
            )
            made = "".join(changed)
            cuts = Tokens(made).cuts(rng.choice((0, 300)))
            expected = _outcome(made, [])
            assert _outcome(made, cuts) == expected
            broken += isinstance(expected, tuple) and expected[0] == "broken"
    assert broken > 40


_SPOILERS = ("", "(\n", "'''\n", "  x\n", "else:\n", ")\n", "@a\n", "\\\n", '"\n')


def _outcome(text: str, cuts: list[int]) -> object:
    try:
        return _shape(nodes.parse(text, cuts))
    except nodes.Refused as error:
        return "broken", error.args
