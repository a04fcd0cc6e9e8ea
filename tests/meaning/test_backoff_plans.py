"""Plans for requests that go through the module as the client, and plans that a form of backoff cannot carry out."""

from __future__ import annotations

import pytest
from planned import findings

from oailint import check_source
from oailint.config import Config
from oailint.findings import BackOff, Safety

ASK = 'import openai\n\n\ndef ask(prompt):\n    return openai.responses.create(model="gpt-4.1", input=prompt)\n'
HANDLED = (
    "\n\nimport tenacity\n\n\n"
    "@tenacity.retry(wait=tenacity.wait_random_exponential(max=60), stop=tenacity.stop_after_attempt(8))\n"
    "def embed(text):\n"
    '    return openai.embeddings.create(model="m", input=text)\n'
)
PAGES = "\n\ndef files():\n    return list(openai.files.list())\n"
ALL = ", with `openai.max_retries = 0` for all requests through the module"


@pytest.mark.parametrize(
    ("rest", "safety", "title"),
    [
        ("", Safety.SAFE, ALL),
        (HANDLED, Safety.UNSAFE, ALL),
        (PAGES, Safety.DISPLAY, f"{ALL}, some of which cannot be wrapped and would be left with no retries"),
    ],
)
def test_what_else_goes_through_the_module_decides(rest: str, safety: Safety, title: str) -> None:
    finding = findings(ASK + rest, "OAI102")[0]
    assert finding.plan is not None
    assert (finding.plan.safety, finding.plan.title) == (safety, f"put `openai.responses.create` under backoff{title}")
    (change,) = finding.plan.changes
    assert isinstance(change, BackOff) and change.quiet == "module"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import openai\nopenai.ChatCompletion.create(model='m')\n", "SDK 0.x has no retries of its own to raise"),
        (
            "import openai\n\nopenai.max_retries = 0\nopenai.responses.create(model='m', input='')\n",
            "the client is not made where its retries could be raised",
        ),
    ],
)
def test_a_plan_is_offered_only_in_a_form_that_can_carry_it_out(text: str, reason: str) -> None:
    for form, expected in (("sdk", (False, reason)), ("stdlib", (True, ""))):
        (finding,) = (one for one in check_source(text, config=Config(backoff=form)).findings if one.code == "OAI101")
        assert (finding.plan is not None, finding.unfixable) == expected
