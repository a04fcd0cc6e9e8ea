"""Imports whose last use a fix takes away."""

from __future__ import annotations

import pytest

import oailint
from oailint.config import Config

BODY = """
client = openai.OpenAI(max_retries=6)


def ask(prompt):
    try:
        return client.responses.create(model="gpt-4.1", input=prompt).output_text
    except Exception as e:
        if TEST:
            return None
        raise
"""


def head(imports: str, more: str = "", filename: str = "chat.py") -> str:
    """What stands above the client when a test by ``re`` has become a typed one."""
    text = imports + BODY.replace("TEST", 're.search("429", str(e))') + more
    fixed = oailint.fix_source(text, filename=filename, config=Config(), unsafe=True).text
    above, found, below = fixed.partition(BODY.replace("TEST", "isinstance(e, openai.RateLimitError)"))
    assert found and below == more
    return above


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import re\n\nimport openai\n", "import openai\n"),
        ("import os\nimport re\nimport time\n\nimport openai\n", "import os\nimport time\n\nimport openai\n"),
        ('"""Chat."""\n\nimport re\n\nimport openai\n', '"""Chat."""\n\nimport openai\n'),
        ("import openai\nimport re\n", "import openai\n"),
        ("import re, time\nimport openai\n", "import time\nimport openai\n"),
        ("import time, re\nimport openai\n", "import time\nimport openai\n"),
        ("import os, re, time\nimport openai\n", "import os, time\nimport openai\n"),
    ],
)
def test_it_goes(before: str, after: str) -> None:
    assert head(before) == after


@pytest.mark.parametrize(
    ("imports", "more"),
    [
        ("import re\nimport openai\n", '\n\nWORD = re.compile("a")\n'),
        ("import re  # for patterns\nimport openai\n", ""),
        ("import re\nimport openai\n", '\n\n__all__ = ["ask", "re"]\n'),
        ("import openai\n# for patterns\nimport re\n", ""),
        ("from ours import re\nimport openai\n", ""),
        ("try:\n    import re\nexcept ImportError:\n    raise\nimport openai\n", ""),
    ],
)
def test_it_stays(imports: str, more: str) -> None:
    text = imports + BODY.replace("TEST", 're.search("429", str(e))') + more
    fixed = oailint.fix_source(text, filename="chat.py", config=Config(), unsafe=True).text
    assert fixed.startswith(imports)


def test_what_was_never_used_stays() -> None:
    assert head("import json\nimport re\nimport openai\n") == "import json\nimport openai\n"


def test_an_init_file_may_import_for_others() -> None:
    imports = "import re\n\nimport openai\n"
    assert head(imports, filename="__init__.py") == imports


def test_a_predicate_gives_way_to_another() -> None:
    text = """\
import openai
from tenacity import (
    retry,
    retry_if_exception_message,
    stop_after_attempt,
)

client = openai.OpenAI(max_retries=0)


@retry(retry=retry_if_exception_message(match=".*rate limit.*"), stop=stop_after_attempt(6))
def ask(prompt):
    return client.responses.create(model="gpt-4.1", input=prompt).output_text
"""
    fixed = oailint.fix_source(text, config=Config(ignore=("OAI101",)), unsafe=True).text
    assert "retry_if_exception_message" not in fixed
    assert "\n    retry,\n    retry_if_exception_type,\n    stop_after_attempt,\n)\n" in fixed
