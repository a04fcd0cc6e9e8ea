"""The tables of retry libraries, limiters and HTTP functions, compared with the installed packages."""

from __future__ import annotations

import importlib.util
import inspect

import pytest
from derive import lookup

from oailint import knowledge

# --- libraries ----------------------------------------------------------------------------------------------------

RETRY_LIBRARIES = ("backoff", "funcy", "opnieuw", "redo", "retry", "retrying", "stamina", "temporalio", "tenacity")


@pytest.mark.parametrize("library", RETRY_LIBRARIES)
def test_retry_tools_exist_and_have_the_arguments(library: str) -> None:
    pytest.importorskip(library)
    gone = {"tenacity._asyncio.AsyncRetrying", "tenacity.tornadoweb.TornadoRetrying"}
    passes_on = {"redo.retriable", "retrying.retry", "tenacity.retry"}
    for name, tool in knowledge.retries().tools.items():
        if name.partition(".")[0] != library or name in gone:
            continue
        found = lookup(name)
        if name in passes_on or not callable(found):
            continue
        parameters = list(inspect.signature(found).parameters)
        for place in (*tool.exceptions, *tool.attempts, *tool.wait):
            assert int(place) < len(parameters) if place.isdigit() else place in parameters, (name, place)


def test_positions_are_those_of_the_keywords() -> None:
    for name, tool in knowledge.retries().tools.items():
        for places in (tool.exceptions, tool.attempts, tool.wait):
            numbered = [i for i, place in enumerate(places) if place.isdigit()]
            if not numbered or name.partition(".")[0] not in RETRY_LIBRARIES or name == "redo.retriable":
                continue
            if importlib.util.find_spec(name.partition(".")[0]) is None:
                continue
            parameters = list(inspect.signature(lookup(name)).parameters)
            shift = 1 if name.startswith("funcy.") else 0
            for i in numbered:
                assert parameters[int(places[i]) + shift] == places[i + 1], name


def test_retry_predicates_exist() -> None:
    tenacity = pytest.importorskip("tenacity")
    table = knowledge.retries().predicates
    for name in table:
        assert lookup(name.replace("tenacity.retry.", "tenacity.")) is not None
    named = {f"tenacity.{name}" for name in dir(tenacity) if name.startswith("retry_")}
    assert named - table.keys() <= {"tenacity.retry_base", "tenacity.retry_with"}


def test_tenacity_and_retrying_do_not_wait_unless_told_to() -> None:
    tools = knowledge.retries().tools
    assert not tools["tenacity.retry"].waits
    assert not tools["retrying.retry"].waits
    assert tools["backoff.on_exception"].waits
    tenacity = pytest.importorskip("tenacity")
    assert isinstance(tenacity.Retrying().wait, tenacity.wait_none)


@pytest.mark.parametrize(
    "library", ["aiolimiter", "ratelimit", "asyncio_throttle", "pyrate_limiter", "limits", "throttler"]
)
def test_limiters_exist_and_have_the_methods(library: str) -> None:
    pytest.importorskip(library)
    for name, tool in knowledge.throttles().items():
        if name.partition(".")[0] == library:
            found = lookup(name)
            if library != "pyrate_limiter":  # its methods have had other names in each major version
                assert [method for method in tool.methods if not hasattr(found, method)] == [], name


# --- HTTP and keys ------------------------------------------------------------------------------------------------


def test_hosts_are_lower_case_names() -> None:
    for host in knowledge.http().hosts:
        assert host == host.lower()
        assert "/" not in host


@pytest.mark.parametrize("library", ["requests", "httpx", "httpx2", "aiohttp", "urllib3"])
def test_http_functions_have_their_url_where_the_table_says(library: str) -> None:
    pytest.importorskip(library)
    for name, sender in knowledge.http().functions.items():
        if name.partition(".")[0] != library:
            continue
        assert list(inspect.signature(lookup(name)).parameters)[int(sender.url)] == "url", name


def test_the_variable_and_the_parameter_of_the_sdk_are_known() -> None:
    keys = knowledge.keys()
    assert "OPENAI_API_KEY" in keys.environment
    assert {"api_key", "openai_api_key"} <= set(keys.keywords)
    openai = pytest.importorskip("openai")
    secret = {name for name in inspect.signature(openai.OpenAI).parameters if name.endswith("api_key")}
    assert secret <= set(keys.keywords)
