"""Which literals become facts, and which only their shapes."""

from __future__ import annotations

from typing import Any

import oracle
import pytest
from reading import expression, read, statement

from oailint import codec
from oailint.facts import Masked, Text
from oailint.syntax.extract import extract

KEY = "sk-" + "a1B2" * 12
WORD = "hunter2"


def literals(text: str) -> list[Any]:
    """All literals of ``text`` in the order of their places."""
    found = [node for node in oracle.fact_nodes(read(text)) if isinstance(node, (Text, Masked))]
    return sorted(found, key=lambda node: node.span)


def test_a_key_is_masked_wherever_it_is() -> None:
    value = expression(repr(KEY))
    assert value == Masked("openai", 51, "sk-", False, value.span)


@pytest.mark.parametrize(
    "text",
    [
        f"x = {KEY!r}",
        f"x = 'Bearer {KEY}'",
        f"x = b{KEY!r}",
        f"x = {KEY[:20]!r} {KEY[20:]!r}",
        f"x = f'{{a}} {KEY}'",
        f"x = '''\n{KEY}\n'''",
        f"x = 'a' f'{{b}}' {KEY!r}",
        f"f({KEY!r})",
        f"def f(x={KEY!r}): pass",
        f'"""{KEY}"""',
        f"x = '\\x73\\x6b{KEY[2:]}'",
        f"case = [{KEY!r}, {{'a': {KEY!r}}}]",
        f"if x == {KEY!r}: pass",
        f"match x:\n  case {KEY!r}: pass",
        f"@f({KEY!r})\nclass A(b={KEY!r}): pass",
    ],
)
def test_no_key_reaches_the_facts(text: str) -> None:
    data = codec.encode(extract(text))
    assert KEY[3:11].encode() not in data
    assert any(isinstance(node, Masked) for node in literals(text))


@pytest.mark.parametrize(
    "text",
    [
        f"f(api_key={WORD!r})",
        f"api_key = {WORD!r}",
        f"openai.api_key = {WORD!r}",
        f"a = api_key = {WORD!r}",
        f"api_key: str = {WORD!r}",
        f"api_key += {WORD!r}",
        f"(api_key := {WORD!r})",
        f"model, api_key = a, {WORD!r}",
        f"def f(api_key={WORD!r}): pass",
        f"lambda *, api_key={WORD!r}: 0",
        f"if api_key == {WORD!r}: pass",
        f"if {WORD!r} != self.password: pass",
        f"api_key = x or {WORD!r}",
        f"api_key = x if y else {WORD!r}",
        f"api_key = {WORD!r} + x",
        f"api_key = f'{WORD}{{x}}'",
        f"api_keys = [{WORD!r}]",
        f"f(api_key=SecretStr({WORD!r}))",
        f"class A(api_key={WORD!r}): pass",
    ],
)
def test_text_in_a_place_named_like_a_secret(text: str) -> None:
    (found,) = literals(text)
    assert (type(found), found.shape) == (Masked, "plain")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"os.environ['OPENAI_API_KEY'] = {WORD!r}", "OPENAI_API_KEY"),
        (f"headers['Authorization'] = {WORD!r}", "Authorization"),
        (f"os.getenv('OPENAI_API_KEY', {WORD!r})", "OPENAI_API_KEY"),
        (f"os.environ.get('OPENAI_API_KEY', {WORD!r})", "OPENAI_API_KEY"),
        (f"os.environ.setdefault('OPENAI_API_KEY', {WORD!r})", "OPENAI_API_KEY"),
        (f"os.getenv('OPENAI_API_KEY', default={WORD!r})", "OPENAI_API_KEY"),
        (f"setattr(openai, 'api_key', {WORD!r})", "api_key"),
        (f"x = {{'api_key': {WORD!r}}}", "api_key"),
        (f"x = {{'api_key': {WORD!r} for a in b}}", "api_key"),
    ],
)
def test_the_name_of_a_secret_is_kept(text: str, name: str) -> None:
    found = {type(one): one for one in literals(text)}
    assert found[Text].value == name
    assert found[Masked].shape == "plain"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("api_key = 'OPENAI_API_KEY'", "OPENAI_API_KEY"),
        ("f(api_key_env='OPENAI_API_KEY')", "OPENAI_API_KEY"),
        ("api_key = ''", ""),
        ("tokenizer = 'cl100k_base'", "cl100k_base"),
        ("pad_token = '<pad>'", "<pad>"),
        ("f(model='gpt-4o-2024-08-06')", "gpt-4o-2024-08-06"),
        ("h = {'Authorization': 'Bearer ' + x}", "Bearer "),
        ("h = {'Authorization': f'Bearer {x}'}", "Bearer "),
        ("if 'context_length_exceeded' in str(e): pass", "context_length_exceeded"),
        ("if 'invalid_api_key' == e.code: pass", "invalid_api_key"),
    ],
)
def test_text_that_is_kept(text: str, kept: str) -> None:
    assert kept in [one.value for one in literals(text) if isinstance(one, Text)]


def test_placeholders_say_so() -> None:
    (found,) = literals("api_key = 'EMPTY'")
    assert found.placeholder
    (found,) = literals(f"api_key = {KEY!r}")
    assert not found.placeholder


def test_docstrings_are_prose() -> None:
    value = statement('"""' + "Some words. " * 30 + '"""').value
    assert (value.shape, value.length, value.prefix) == ("prose", 360, "")
