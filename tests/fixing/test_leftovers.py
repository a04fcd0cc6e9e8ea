"""Assignments that are left over when the last test of a text has gone."""

from __future__ import annotations

import pytest

import oailint
from oailint.config import Config

HEAD = """\
import openai

client = openai.OpenAI(max_retries=6)


def ask(prompt):
    try:
        return client.responses.create(model="gpt-4.1", input=prompt).output_text
    except Exception as e:
"""
TYPED = "        if isinstance(e, openai.RateLimitError):\n            return None\n"


def fixed(handler: str, head: str = HEAD) -> str:
    """What a handler becomes."""
    text = oailint.fix_source(head + handler, config=Config(), unsafe=True).text
    assert text.startswith(head)
    return text.removeprefix(head)


@pytest.mark.parametrize(
    "assignments",
    [
        "        text = str(e)\n",
        '        text = f"failed: {e}"\n\n\n',
        "        message = str(e)\n        text = message.lower()\n\n",
        "        text = str(e).strip()\n",
    ],
)
def test_what_only_held_the_text_goes(assignments: str) -> None:
    test = '        if "429" in text:\n            return None\n'
    assert fixed(assignments + test) == TYPED


def test_it_goes_with_its_last_test() -> None:
    tests = '        if "429" in text:\n            return None\n        if "429" in text:\n            return None\n'
    assert fixed(f"        text = str(e)\n{tests}") == TYPED * 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("        text = str(e)\n", "        print(text)\n"),
        ("        text = str(e)\n", "        return lambda: text\n"),
        ("        text = str(e)  # for the log\n", ""),
        ("        # lower case\n        text = str(e)\n", ""),
        ("        text = first = str(e)\n", ""),
        ("        text = str(e); print(1)\n", ""),
        ("        if prompt:\n            text = str(e)\n", ""),
    ],
)
def test_it_stays_if_more_is_said_of_it(before: str, after: str) -> None:
    test = '        if "429" in text:\n            return None\n'
    assert fixed(before + test + after) == before + TYPED + after


def test_a_call_that_may_do_more_stays() -> None:
    head = f"def told(e):\n    print(e)\n    return str(e)\n\n\n{HEAD}"
    before = "        text = told(e)\n"
    assert fixed(f'{before}        if "429" in text:\n            return None\n', head) == before + TYPED


def test_a_variable_of_the_module_stays() -> None:
    head = "import openai\n\nclient = openai.OpenAI(max_retries=6)\n"
    attempt = "try:\n    client.models.list()\nexcept openai.OpenAIError as e:\n    text = str(e)\n"
    text = fixed(f'{attempt}    if "429" in text:\n        raise\n', head)
    assert text == f"{attempt}    if isinstance(e, openai.RateLimitError):\n        raise\n"
