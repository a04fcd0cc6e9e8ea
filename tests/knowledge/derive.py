"""Derive the tables of requests from the installed ``openai`` package.

``python tests/knowledge/derive.py`` prints the ``[methods]`` section of ``sdk.toml``; the test compares the table
with what ``methods`` says, so that a new release of the SDK shows what it added.
"""

from __future__ import annotations

import importlib
import inspect
import types
from typing import Any

from oailint.knowledge import Method

OLDER = {
    "edits": ("create",),
    "fine_tunes": ("cancel", "create", "list", "list_events", "retrieve"),
    "beta.assistants.files": ("create", "delete", "list", "retrieve"),
    "beta.threads.messages.files": ("list", "retrieve"),
    "beta.vector_stores": ("create", "delete", "list", "retrieve", "update"),
    "beta.vector_stores.file_batches": (
        *("cancel", "create", "create_and_poll", "list_files", "poll", "retrieve", "upload_and_poll"),
    ),
    "beta.vector_stores.files": (
        *("create", "create_and_poll", "delete", "list", "poll", "retrieve", "update", "upload", "upload_and_poll"),
    ),
    "chat.completions": ("create_iterable", "create_partial", "create_with_completion"),
    "": ("create", "create_iterable", "create_partial", "create_with_completion"),
}
"""Entries that openai 3.54.0 lacks, by group: 1.0 had ``edits`` and ``fine_tunes``, 1.2 to 1.20 files of assistants and
messages, 1.3 to 1.65 had ``beta.vector_stores``; the last three groups are those of a client wrapped by
``instructor``."""

LOCAL = frozenset({"beta.agents.sessions.artifacts.for_result", "webhooks.unwrap", "webhooks.verify_signature"})
"""Methods of resources that send nothing."""

SEVERAL = frozenset(
    {
        "beta.agents.environments.files.prepare",
        "beta.agents.environments.files.prepare_directory",
        "files.wait_for_processing",
        "uploads.upload_file_chunked",
        "vector_stores.files.upload",
    }
)
"""Methods that send several requests though not named ``poll``: to repeat the call repeats the first of them."""

RETIRED = ("beta.assistants.", "beta.threads.")
"""The Assistants endpoints, gone since 2026-08-26."""

TRANSPORT = ("delete", "get", "get_api_list", "patch", "post", "put", "request")
"""The client's own methods, which send whatever they are given."""


def methods() -> dict[str, Method]:
    """Return every method of the installed SDK that sends a request, by its attribute path behind a client."""
    import openai
    from openai._resource import AsyncAPIResource, SyncAPIResource

    sync = _walk(openai.OpenAI(api_key="x"), SyncAPIResource)
    asynchronous = _walk(openai.AsyncOpenAI(api_key="x"), AsyncAPIResource)
    paths = sorted((sync.keys() | asynchronous.keys()) - LOCAL)
    found = {path: _method(path, sync.get(path), asynchronous.get(path)) for path in paths}
    return dict(sorted((found | _transport(openai.AsyncOpenAI)).items()))


def legacy_names() -> frozenset[str]:
    """Return the names that the installed SDK keeps from 0.x (each raises ``APIRemovedInV1`` when called)."""
    from openai.lib import _old_api

    return frozenset(_old_api.SYMBOLS)


def render(table: dict[str, Method]) -> str:
    """Return ``table`` as the lines of a TOML section."""
    return "".join(f'"{path}" = {_inline(method)}\n' for path, method in sorted(table.items()))


def lookup(dotted: str) -> Any:
    """Return what a dotted name means. Skips the test that asks where the package is not installed."""
    import pytest

    parts = dotted.split(".")
    pytest.importorskip(parts[0])
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for name in parts[cut:]:
            found = getattr(found, name)
        return found
    raise AssertionError(dotted)


def _inline(method: Method) -> str:
    fields = [f'behaviour = "{method.behaviour}"'] if method.behaviour != "send" else []
    fields += [f"{name} = true" for name in ("retired", "coroutine") if getattr(method, name)]
    return "{ " + ", ".join(fields) + " }" if fields else "{}"


def _walk(owner: Any, kind: type, prefix: str = "") -> dict[str, Any]:
    """Return the public functions of the resources behind ``owner``, by path. A client's own are not among them."""
    found: dict[str, Any] = {}
    for name in dir(owner):
        if name.startswith(("_", "with_")):
            continue
        static = inspect.getattr_static(type(owner), name, None)
        if isinstance(static, types.FunctionType):
            if isinstance(owner, kind):
                found[prefix + name] = static
            continue
        value = getattr(owner, name, None)
        if isinstance(value, kind):
            found |= _walk(value, kind, f"{prefix}{name}.")
    return found


def _method(path: str, sync: Any, asynchronous: Any) -> Method:
    returned = str(inspect.signature(sync or asynchronous).return_annotation)
    return Method(
        behaviour=_behaviour(path, returned),
        retired=path.startswith(RETIRED),
        # What ``deprecated`` wraps is a coroutine function on some versions of Python only.
        coroutine=inspect.iscoroutinefunction(asynchronous) and not hasattr(asynchronous, "__deprecated__"),
    )


def _behaviour(path: str, returned: str) -> str:
    name = path.rpartition(".")[2]
    kind = returned.partition("[")[0]
    if path in SEVERAL or name == "poll" or name.endswith("_poll"):
        return "poll"
    if kind.endswith("ConnectionManager"):
        return "connect"
    if kind.endswith(("StreamManager", "SessionStream")):
        return "stream"
    return "page" if kind.endswith("Page") else "send"


def _transport(client: type) -> dict[str, Method]:
    return {
        name: Method(
            behaviour="page" if name == "get_api_list" else "send",
            coroutine=inspect.iscoroutinefunction(getattr(client, name)),
        )
        for name in TRANSPORT
    }


if __name__ == "__main__":
    print(render(methods()))
