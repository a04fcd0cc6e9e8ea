"""The table of exceptions and of their texts, compared with installed classes and with errors that the SDK makes."""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
from itertools import combinations
from typing import Any

import pytest
from derive import lookup

from oailint import knowledge

FATES = {"alive", "dead-since-3.38", "never", "ambiguous"}


# --- errors -------------------------------------------------------------------------------------------------------


def test_every_base_is_in_the_table() -> None:
    classes = knowledge.errors().classes
    assert {base for row in classes.values() for base in row.bases} <= classes.keys()
    assert [name for name, row in classes.items() if not row.bases] == ["builtins.BaseException"]


def test_what_a_transient_error_is_a_case_of_is_transient() -> None:
    classes = knowledge.errors().classes
    for name, row in classes.items():
        if row.transient:
            assert [base for base in row.bases if not classes[base].transient] == [], name


def test_what_the_sdk_retries_is_transient() -> None:
    classes = knowledge.errors().classes
    with_status = {name for name, row in classes.items() if row.transient and row.status}
    assert {name for name in with_status if not name.startswith("openai.error.")} == {
        "openai.ConflictError",
        "openai.InternalServerError",
        "openai.RateLimitError",
    }
    assert classes["openai.APITimeoutError"].transient
    assert not classes["openai.AuthenticationError"].transient


@pytest.mark.parametrize(
    "package", ["builtins", "openai", "httpx", "httpx2", "requests", "aiohttp", "urllib3", "tenacity"]
)
def test_bases_are_those_of_the_installed_classes(package: str) -> None:
    pytest.importorskip(package)
    legacy = ("openai.error.", "openai.InvalidRequestError")
    another = {"builtins.EnvironmentError", "builtins.IOError"}
    newer = {"builtins.BaseExceptionGroup", "builtins.ExceptionGroup"} if sys.version_info < (3, 11) else set()
    for name, row in knowledge.errors().classes.items():
        if name.partition(".")[0] != package or name.startswith(legacy) or name in another | newer:
            continue
        bases = [base for base in lookup(name).__bases__ if issubclass(base, BaseException)]
        assert len(bases) == len(row.bases), name
        assert [lookup(base) for base in row.bases] == bases, name


def test_all_errors_of_the_sdk_and_of_python_are_there() -> None:
    openai = pytest.importorskip("openai")
    classes = knowledge.errors().classes
    newer = {"BaseExceptionGroup", "EncodingWarning", "ExceptionGroup", "PythonFinalizationError"}
    for module in (openai, builtins):
        for name, found in dict(vars(module)).items():
            if inspect.isclass(found) and issubclass(found, BaseException) and not issubclass(found, Warning):
                assert name.startswith("_") or name in newer or f"{module.__name__}.{name}" in classes


def test_statuses_are_those_of_the_sdk() -> None:
    pytest.importorskip("openai")
    for name, row in knowledge.errors().classes.items():
        if row.status and not name.startswith(("openai.error.", "openai.InvalidRequestError")):
            # InternalServerError stands for every 5xx, OAuthError inherits the 401.
            assert getattr(lookup(name), "status_code", row.status) == row.status or row.status == 500


# --- texts --------------------------------------------------------------------------------------------------------


def test_a_fragment_comes_before_those_that_are_a_part_of_it() -> None:
    fragments = knowledge.errors().fragments
    assert [(a.text, b.text) for a, b in combinations(fragments, 2) if not a.exact and a.text in b.text] == []


def test_fragments_are_lower_case_and_complete() -> None:
    for fragment in knowledge.errors().fragments:
        assert fragment.text == fragment.text.lower()
        assert fragment.fate in FATES
        assert fragment.fix in {"fix", "ask", "no"}
        assert (fragment.fix == "no") == (not fragment.typed), fragment.text


def test_typed_tests_name_classes_and_attributes_that_exist() -> None:
    openai = pytest.importorskip("openai")
    attributes = {"code", "type", "param", "status_code"}
    for fragment in knowledge.errors().fragments:
        if not fragment.typed:
            continue
        tree = ast.parse(fragment.typed, mode="eval")
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert isinstance(node.value, ast.Name)
                known = attributes if node.value.id == "e" else {n for n in dir(openai) if n.endswith("Error")}
                assert node.attr in known, fragment.text
        first = tree.body.values[0] if isinstance(tree.body, ast.BoolOp) else tree.body
        assert ast.unparse(first).startswith("isinstance(e, "), fragment.text


def test_typed_tests_are_made_of_known_classes_and_values() -> None:
    classes = knowledge.errors().classes
    for fragment in knowledge.errors().fragments:
        for name in (*fragment.classes, *fragment.excluded):
            assert name in classes and not name.startswith("openai.error."), fragment.text
        assert all(name in classes and name.startswith("openai.error.") for name in fragment.legacy), fragment.text
        assert bool(fragment.attributes) == bool(fragment.values), fragment.text
        assert not fragment.legacy or fragment.classes, fragment.text


def test_attributes_are_those_of_the_installed_classes() -> None:
    openai = pytest.importorskip("openai")
    for fragment in knowledge.errors().fragments:
        for name in fragment.attributes:
            for one in fragment.classes:
                known = {key for base in lookup(one).__mro__ for key in getattr(base, "__annotations__", {})}
                assert name in known, (fragment.text, name)
    assert "status_code" not in {key for one in openai.APIConnectionError.__mro__ for key in vars(one)}


def test_codes_of_legacy_errors_are_those_of_invalid_requests() -> None:
    for fragment in knowledge.errors().fragments:
        if fragment.legacy and fragment.attributes == ("code",):
            assert fragment.legacy == ("openai.error.InvalidRequestError",)


@pytest.mark.parametrize(
    ("tested", "fate"),
    [
        ("429", "alive"),
        ("rate limit", "alive"),
        ("rate_limit_exceeded", "dead-since-3.38"),
        ("rate_limit", "dead-since-3.38"),
        ("RateLimitError", "never"),
        ("Too Many Requests", "never"),
        ("insufficient_quota", "dead-since-3.38"),
        ("You exceeded your current quota", "alive"),
        ("context_length_exceeded", "dead-since-3.38"),
        ("This model's maximum context length is", "alive"),
        ("timeout", "never"),
        ("Request timed out.", "alive"),
        ("Connection error.", "alive"),
        ("Incorrect API key provided", "alive"),
        ("invalid_api_key", "dead-since-3.38"),
        ("The model `x` does not exist", "alive"),
        ("model_not_found", "dead-since-3.38"),
        ("500", "ambiguous"),
        ("overloaded", "alive"),
        ("content_filter", "dead-since-3.38"),
        ("content management policy", "alive"),
        ("content_policy_violation", "dead-since-3.38"),
        ("safety system", "alive"),
        ("token", "ambiguous"),
    ],
)
def test_fate_of_a_text(tested: str, fate: str) -> None:
    assert first_in(tested).fate == fate


def first_in(tested: str) -> knowledge.Fragment:
    return next(f for f in knowledge.errors().fragments if f.text in tested.lower())


MESSAGES = {
    429: "Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29000.",
    400: "This model's maximum context length is 128000 tokens.",
    401: "Incorrect API key provided: x.",
    404: "The model `x` does not exist or you do not have access to it.",
    500: "The server had an error while processing your request.",
}
CODES = {
    429: "rate_limit_exceeded",
    400: "context_length_exceeded",
    401: "invalid_api_key",
    404: "model_not_found",
    500: None,
}


def raised(status: int) -> Any:
    """Return the error that the installed SDK makes of an answer."""
    openai = pytest.importorskip("openai", minversion="3.38")
    library = pytest.importorskip("httpx2")
    error = {"message": MESSAGES[status], "type": "server_error" if status == 500 else "x", "code": CODES[status]}
    answer = library.Response(status, json={"error": error}, request=library.Request("POST", "https://localhost/v1/x"))
    return openai.OpenAI(api_key="x")._make_status_error_from_response(answer)


@pytest.mark.parametrize("status", MESSAGES)
def test_a_live_fragment_that_is_in_a_text_has_a_typed_test_that_holds(status: int) -> None:
    openai = pytest.importorskip("openai")
    error = raised(status)
    hits = [f for f in knowledge.errors().fragments if f.text in str(error).lower() and f.fate == "alive" and f.typed]
    assert hits
    for fragment in hits:
        assert eval(fragment.typed, {"openai": openai, "e": error}), fragment.text


@pytest.mark.parametrize("status", MESSAGES)
def test_a_dead_fragment_is_in_no_text_but_its_typed_test_holds(status: int) -> None:
    openai = pytest.importorskip("openai")
    error = raised(status)
    dead = [f for f in knowledge.errors().fragments if f.fate == "dead-since-3.38"]
    assert [f.text for f in dead if f.text in str(error).lower()] == []
    code = CODES[status] or "server_error"
    fragment = next(f for f in dead if f.text == code)
    assert eval(fragment.typed, {"openai": openai, "e": error})
