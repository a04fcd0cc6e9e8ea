"""Which rules are on, and the errors for rules that do not exist."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from oailint import selection
from oailint.config import ConfigError
from oailint.selection import FileIgnores, Layer


@dataclass(frozen=True)
class Fake:
    code: str
    name: str
    family: str


RULES = [
    Fake("OAI001", "invalid-syntax", "files"),
    Fake("OAI101", "missing-retry", "retry"),
    Fake("OAI102", "default-retries-only", "retry"),
    Fake("OAI401", "unthrottled-loop", "throttling"),
]


def on(*layers: Layer) -> str:
    return " ".join(sorted(code.removeprefix("OAI") for code in selection.selected(layers, RULES)))


def test_all_rules_are_on_at_first() -> None:
    assert on() == on(Layer()) == "001 101 102 401"


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        (["ALL"], "001 101 102 401"),
        (["OAI"], "001 101 102 401"),
        (["OAI1"], "101 102"),
        (["oai1"], "101 102"),
        (["OAI10", "files"], "001 101 102"),
        (["retry"], "101 102"),
        (["missing-retry"], "101"),
        (["OAI401", "OAI101"], "101 401"),
        ([], ""),
    ],
)
def test_select(select: list[str], expected: str) -> None:
    assert on(Layer(select=tuple(select))) == expected


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        (["OAI101"], ["OAI1"], "101"),
        (["ALL"], ["retry"], "001 401"),
        (["OAI1"], ["retry"], ""),
        (["retry"], ["missing-retry"], "102"),
        (["missing-retry"], ["OAI101"], ""),
    ],
)
def test_the_more_specific_wins_and_then_ignore(select: list[str], ignore: list[str], expected: str) -> None:
    assert on(Layer(select=tuple(select), ignore=tuple(ignore))) == expected


def test_the_command_line_wins() -> None:
    configured = Layer(select=("OAI1",), ignore=("OAI101",))
    assert on(configured) == "102"
    assert on(configured, Layer(select=("OAI101",))) == "101"
    assert on(configured, Layer(extend_select=("OAI4",))) == "102 401"
    assert on(configured, Layer(extend_select=("OAI101",))) == "101 102"
    assert on(configured, Layer(ignore=("ALL",))) == ""


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("OAI109", "did you mean 'OAI10"),
        ("missing-retries", "did you mean 'missing-retry'?"),
        ("retri", "did you mean 'retry'?"),
        ("OA", ""),
        ("", ""),
    ],
)
def test_unknown_rules_are_errors(word: str, hint: str) -> None:
    with pytest.raises(ConfigError) as raised:
        selection.check([Layer(ignore=(word,), origin="here: ")], RULES)
    assert str(raised.value).startswith(f"here: ignore: unknown rule {word!r}")
    assert hint in str(raised.value)
    with pytest.raises(ConfigError, match="per-file-ignores: unknown rule"):
        selection.check_patterns({"a.py": (word,)}, "", RULES)


def test_per_file_ignores() -> None:
    ignores = FileIgnores({"tests/": ("retry",), "*_x.py": ("OAI001",), "/a.py": ("ALL",)}, "/p", RULES)
    assert ignores.ignored("/p/tests/deep/t.py") == {"OAI101", "OAI102"}
    assert ignores.ignored("/p/tests/t_x.py") == {"OAI101", "OAI102", "OAI001"}
    assert len(ignores.ignored("/p/a.py")) == len(RULES)
    assert ignores.ignored("/p/b/a.py") == frozenset()
    assert ignores.ignored("/other/tests/t.py") == frozenset()
