"""The tables of ``oailint.knowledge``: that they are well formed, and that they say what the installed packages say."""

from __future__ import annotations

import inspect
import sys
from importlib import resources
from typing import Any

import derive
import msgspec
import pytest
import tomli
from derive import lookup

from oailint import knowledge

TABLES = {
    "sdk": knowledge.Sdk,
    "errors": knowledge.Errors,
    "retries": knowledge.Retries,
    "throttles": dict[str, knowledge.ThrottleTool],
    "fans": knowledge.Fans,
    "http": knowledge.Http,
    "key_uses": knowledge.Keys,
}
BEHAVIOURS = {"send", "stream", "poll", "page", "connect"}
TOOL_KINDS = {"decorator", "caller", "context", "policy", "function"}
THROTTLE_KINDS = {"sleep", "semaphore", "limiter", "decorator", "pool"}
FAN_KINDS = {"gather", "start", "submit", "map", "serial-map", "call", "bind", "pick"}
PREDICATES = {"types", "not-types", "function", "message", "result", "any", "all", "always", "never"}


def text(table: str) -> str:
    return resources.files("oailint.knowledge").joinpath(f"{table}.toml").read_text("utf-8")


def raw(table: str) -> dict[str, Any]:
    content: dict[str, Any] = tomli.loads(text(table))
    return content


# --- form ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_has_no_field_that_the_loader_does_not_know(table: str) -> None:
    content = raw(table)
    assert content.keys() <= msgspec.to_builtins(msgspec.convert(content, TABLES[table])).keys()
    for rows in (part for part in content.values() if isinstance(part, dict)):
        for name, row in rows.items():
            kind = next((k for k in ROWS if isinstance(row, dict) and row.keys() <= set(k.__struct_fields__)), None)
            assert not isinstance(row, dict) or kind is not None or table == "throttles", name
    if table == "throttles":
        assert all(row.keys() <= set(knowledge.ThrottleTool.__struct_fields__) for row in content.values())


ROWS: tuple[type[msgspec.Struct], ...] = (
    *(knowledge.ClientClass, knowledge.Method, knowledge.ErrorClass, knowledge.RetryTool, knowledge.FanOut),
    knowledge.Sender,
)


@pytest.mark.parametrize("table", TABLES)
def test_says_where_it_comes_from(table: str) -> None:
    head = text(table).split("\n\n", 1)[0]
    assert head.startswith("# ")
    assert "Source, 20" in head


@pytest.mark.parametrize("table", TABLES)
def test_lists_and_sections_are_sorted(table: str) -> None:
    for name, part in raw(table).items():
        if isinstance(part, dict) and table != "throttles":
            assert list(part) == sorted(part), name
        if isinstance(part, list) and all(isinstance(item, str) for item in part):
            assert part == sorted(set(part)), name


def test_every_kind_is_one_that_the_loader_names() -> None:
    sdk, fans = knowledge.sdk(), knowledge.fans()
    assert {method.behaviour for method in (*sdk.methods.values(), *sdk.legacy.values())} <= BEHAVIOURS
    assert {tool.kind for tool in knowledge.retries().tools.values()} <= TOOL_KINDS
    assert set(knowledge.retries().predicates.values()) <= PREDICATES
    assert {tool.kind for tool in knowledge.throttles().values()} <= THROTTLE_KINDS
    rows = (*fans.calls.values(), *fans.methods.values(), *fans.any_receiver.values())
    assert {row.kind for row in rows} <= FAN_KINDS


def test_what_runs_a_callable_says_where_it_is() -> None:
    fans = knowledge.fans()
    rows = {**fans.calls, **fans.methods, **fans.any_receiver}
    without = {name for name, row in rows.items() if not row.callable}
    assert {rows[name].kind for name in without} == {"gather", "start", "call"}
    assert {row.kind for row in rows.values() if row.callable}.isdisjoint({"gather"})
    tools = knowledge.retries().tools
    assert {bool(tool.callable) for tool in tools.values() if tool.kind == "function"} == {True}
    assert {bool(tool.callable) for tool in tools.values() if tool.kind != "function"} == {False}


def test_a_name_either_runs_calls_or_hands_on_an_iteration() -> None:
    fans = knowledge.fans()
    assert fans.calls.keys() & fans.iterations.keys() == set()
    assert fans.calls.keys() & fans.pools.keys() == set()


def test_names_of_python_exist() -> None:
    tables = (knowledge.fans().calls, knowledge.fans().pools, knowledge.fans().iterations, knowledge.throttles())
    functions = (knowledge.http().functions, dict.fromkeys(knowledge.http().sessions))
    newer = {"asyncio.TaskGroup", "builtins.BaseExceptionGroup", "builtins.ExceptionGroup", "itertools.batched"}
    checked = 0
    for table in (*tables, *functions, knowledge.errors().classes):
        for name in table:
            if name.partition(".")[0] in sys.stdlib_module_names and name not in newer:
                assert lookup(name) is not None
                checked += 1
    assert checked > 150


# --- SDK ----------------------------------------------------------------------------------------------------------


def test_methods_are_those_of_the_installed_sdk() -> None:
    pytest.importorskip("openai")
    table = knowledge.sdk().methods
    installed = derive.methods()
    assert {path: table.get(path) for path in installed} == installed


def test_every_other_method_is_of_an_older_sdk_or_a_wrapper() -> None:
    pytest.importorskip("openai")
    older = {f"{group}.{name}".lstrip(".") for group, names in derive.OLDER.items() for name in names}
    assert knowledge.sdk().methods.keys() - derive.methods().keys() == older


def test_methods_are_written_as_the_generator_writes_them() -> None:
    assert derive.render(knowledge.sdk().methods) in text("sdk")
    assert derive.render(knowledge.sdk().legacy) in text("sdk")


def test_legacy_names_are_those_that_the_installed_sdk_remembers() -> None:
    pytest.importorskip("openai")
    oldest = {"Answer", "Classification", "Search"}
    classes = {path.partition(".")[0] for path in knowledge.sdk().legacy}
    assert classes - oldest == derive.legacy_names() - {"ErrorObject"}


def test_clients_of_the_sdk_are_classes_of_it() -> None:
    openai = pytest.importorskip("openai")
    own = {name: row for name, row in knowledge.sdk().clients.items() if name.startswith("openai.")}
    for name, row in own.items():
        found = lookup(name)
        assert issubclass(found, openai.AsyncOpenAI if row.asynchronous else openai.OpenAI), name
        assert issubclass(found, (openai.AzureOpenAI, openai.AsyncAzureOpenAI)) == row.azure, name
        assert row.retries == openai.DEFAULT_MAX_RETRIES
    exported = {f"openai.{name}" for name in openai.__all__ if inspect.isclass(getattr(openai, name))}
    assert {name for name in exported if issubclass(lookup(name), (openai.OpenAI, openai.AsyncOpenAI))} <= own.keys()


@pytest.mark.parametrize("path", ["chat.completions.create", "images.generate", "models.list", "responses.stream"])
def test_what_libraries_do_not_take_for_a_coroutine_function_is_not_told_to_be_one(path: str) -> None:
    assert not knowledge.sdk().methods[path].coroutine


def test_distinctive_paths_are_methods() -> None:
    sdk = knowledge.sdk()
    assert set(sdk.distinctive) <= sdk.methods.keys()


def test_a_wrapper_says_where_its_client_is() -> None:
    named = {how for how in knowledge.sdk().wrappers.values() if not how.isdigit()}
    assert named <= {"new:sync", "new:async", "client"}
