"""Old tests and the typed ones in their place, run on errors that the installed SDK makes of real answers.

The text of an error is what the SDK made of it until 3.37: ``Error code: N - `` and the answer's body.
"""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass
from typing import Any

import pytest
from planned import applied, findings

from oailint import knowledge

openai = pytest.importorskip("openai", minversion="3.38")
library = pytest.importorskip("httpx2")

RATE = "Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29100."
QUOTA = "You exceeded your current quota, please check your plan and billing details."
LENGTH = "This model's maximum context length is 128000 tokens. However, your messages resulted in 142950 tokens."
WINDOW = "Your input exceeds the context window of this model. Please adjust your input and try again."
REQUEST = library.Request("POST", "https://localhost/v1/chat/completions")


CLIENT = openai.OpenAI(api_key="x")


def made(answer: Any) -> Any:
    """The error that the SDK makes of an answer."""
    return CLIENT._make_status_error_from_response(answer)


@dataclass(frozen=True)
class Sample:
    status: int
    message: str
    type: str | None
    code: str | None
    param: str | None = None

    @property
    def error(self) -> Any:
        return made(library.Response(self.status, json=self.body, request=REQUEST))

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}

    @property
    def text(self) -> str:
        return f"Error code: {self.status} - {self.body}"


INVALID = "invalid_request_error"
SAMPLES = {
    "rate": Sample(429, RATE, "tokens", "rate_limit_exceeded"),
    "slow": Sample(429, "Too many new tokens, slow down.", "rate_limit_error", "slow_down"),
    "quota": Sample(429, QUOTA, "insufficient_quota", "insufficient_quota"),
    "quota of 2023": Sample(429, QUOTA, "insufficient_quota", None),
    "credit": Sample(429, "Your credit balance is exhausted.", "insufficient_quota", "credit_balance_exhausted"),
    "spend": Sample(429, "Spend limit hit.", "insufficient_quota", "organization_spend_limit_exceeded"),
    "project": Sample(429, "Spend limit hit.", "insufficient_quota", "project_spend_limit_exceeded"),
    "usage": Sample(429, "Usage limit hit.", "insufficient_quota", "organization_usage_limit_exceeded"),
    "inactive": Sample(429, "Your account is not active.", "billing_not_active", "billing_not_active"),
    "azure": Sample(429, "Requests have exceeded the call rate. Please wait.", None, "429"),
    "hard": Sample(400, "Billing hard limit has been reached.", INVALID, "billing_hard_limit_reached"),
    "overload": Sample(503, "The engine is busy.", "service_unavailable_error", "server_is_overloaded"),
    "server": Sample(500, "The server had an error while processing your request.", "server_error", None),
    "length": Sample(400, LENGTH, INVALID, "context_length_exceeded", "messages"),
    "window": Sample(400, WINDOW, INVALID, "context_length_exceeded", "input"),
    "parameter": Sample(400, "Use another parameter.", INVALID, "unsupported_parameter", "max_tokens"),
    "policy": Sample(400, "Rejected by our safety system.", INVALID, "content_policy_violation"),
    "image": Sample(400, "Rejected by our safety system.", "image_generation_user_error", "moderation_blocked"),
    "filter": Sample(400, "The response was filtered by the content management policy.", None, "content_filter"),
    "key": Sample(401, "Incorrect API key provided: x.", INVALID, "invalid_api_key"),
    "model": Sample(404, "The model `x` does not exist.", INVALID, "model_not_found"),
    "deployment": Sample(404, "The API deployment for this resource does not exist.", None, "DeploymentNotFound"),
}

WIDER = {
    "exceeded your current quota": {"credit", "spend", "project", "usage"},
    "maximum context length": {"window"},
    "context length": {"window"},
    "context window": {"length"},
}
"""Where the typed test also holds for an error whose text tells it in other words: that is what it is for."""
BY_CHANCE = {"429": {"length"}}
"""Where the text holds the fragment by chance, and the typed test does not."""


@functools.cache
def errors() -> dict[str, tuple[str, Any]]:
    """All errors, with their text as it was."""
    found = {name: (sample.text, sample.error) for name, sample in SAMPLES.items()}
    found["drop"] = ("Connection error.", openai.APIConnectionError(request=REQUEST))
    found["late"] = ("Request timed out.", openai.APITimeoutError(REQUEST))
    page = library.Response(502, text="<html><title>Bad Gateway</title></html>", request=REQUEST)
    found["page"] = (page.text, made(page))
    return found


@pytest.mark.parametrize(
    "fragment",
    [one for one in knowledge.errors().fragments if one.fix == "fix" and one.fate != "never"],
    ids=lambda one: str(one.text),
)
def test_a_row_that_is_to_be_fixed_gives_the_old_verdict(fragment: knowledge.Fragment) -> None:
    old = {name for name, (text, _) in errors().items() if fragment.text in text.lower()}
    new = {name for name, (_, error) in errors().items() if eval(fragment.typed, {"openai": openai, "e": error})}
    assert new - old == WIDER.get(fragment.text, set()) | ({"page"} if fragment.text == "502" else set())
    assert old - new == BY_CHANCE.get(fragment.text, set())


@pytest.mark.parametrize("text", ["insufficient_quota", "context_length_exceeded", "model_not_found", "content_filter"])
def test_what_died_with_3_38_lives_again(text: str) -> None:
    row = next(one for one in knowledge.errors().fragments if one.text == text)
    alive = [error for _, error in errors().values() if eval(row.typed, {"openai": openai, "e": error})]
    assert alive
    assert not any(text in str(error) for error in alive)


def test_a_typed_test_holds_for_no_other_exception() -> None:
    for row in knowledge.errors().fragments:
        for other in (ValueError("429"), TimeoutError("timed out"), openai.OpenAIError("no api_key")):
            assert not row.typed or not eval(row.typed, {"openai": openai, "e": other})


# --- whole expressions --------------------------------------------------------------------------

MODULE = """import re

import openai

client = openai.OpenAI(max_retries=6)
CODES = ("429", "502", "503")


def ask(prompt):
    try:
        return client.responses.create(model="gpt-4.1", input=prompt)
    except Exception as e:
        answer = {}
        if answer:
            return answer
        raise
"""


@pytest.mark.parametrize(
    ("test", "differing"),
    [
        ('"429" in TEXT', {"length"}),
        ('"429" not in TEXT', {"length"}),
        ('"insufficient_quota" in TEXT', set()),
        ('"insufficient_quota" not in TEXT and "context_length_exceeded" not in TEXT', set()),
        ('"context_length_exceeded" in TEXT or "model_not_found" in TEXT or "timed out" in TEXT', set()),
        ("any(code in TEXT for code in CODES)", {"length", "page"}),
        ("all(code not in TEXT for code in CODES)", {"length", "page"}),
        ('bool(re.search("insufficient_quota|invalid_api_key", TEXT))', set()),
        ('not ("401" in TEXT or "404" in TEXT)', set()),
        ('TEXT.find("timed out") >= 0', set()),
        ('"invalid_api_key" in TEXT and "401" in TEXT', set()),
    ],
)
def test_an_expression_gives_the_old_verdict(test: str, differing: set[str]) -> None:
    text = MODULE.format(test.replace("TEXT", "str(e)"))
    (finding,) = findings(text, "OAI201")
    assert finding.plan is not None
    fixed = ast.parse(applied(text, finding.plan))
    value = next(node.value for node in ast.walk(fixed) if isinstance(node, ast.Assign) and _named(node, "answer"))
    names = {"openai": openai, "re": re, "CODES": ("429", "502", "503")}
    unequal = set()
    for name, (old, error) in errors().items():
        before = eval(test, {**names, "TEXT": old})
        after = eval(ast.unparse(value), {**names, "e": error})
        unequal |= {name} if bool(before) != bool(after) else set()
    assert unequal == differing


def _named(node: ast.Assign, name: str) -> bool:
    return isinstance(node.targets[0], ast.Name) and node.targets[0].id == name
