"""The backoff helper that fixes write into users' code, as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FORMS = ("stdlib",)
APIS = ("v1", "v0")


@dataclass(frozen=True)
class Helper:
    """A helper to write into a module."""

    imports: tuple[str, ...]
    """Import statements, one a line, in the order of isort."""
    body: str
    """Definitions, with ``\\n`` as newline and at the end, indented by four spaces."""
    names: Mapping[str, str]
    """What the body defines for users: ``sync`` and ``async`` to the name of the function."""


_SYNC = '''def {name}(function):
    """Repeat a request to OpenAI with exponential backoff and jitter."""

    @functools.wraps(function)
    def patient(*args, **kwargs):
        for attempt in range(7):
            try:
                return function(*args, **kwargs)
            except ({errors}):
                if attempt == 6:
                    raise
            time.sleep(2**attempt * (1 + random.random()))

    return patient
'''
_ERRORS = {"v1": "openai.APIConnectionError, openai.RateLimitError, openai.InternalServerError",
           "v0": "openai.error.APIConnectionError, openai.error.RateLimitError, openai.error.APIError"}  # fmt: skip


def render(form: str, *, sync: bool, asynchronous: bool, api: str, taken: frozenset[str] = frozenset()) -> Helper:
    """The helper in one of ``FORMS``, for synchronous calls, asynchronous calls or both.

    ``api`` is ``v1`` for the SDK since 1.0 and ``v0`` for the SDK before. ``taken`` are the names that the module binds
    to something else: a definition that would collide gets a number.
    """
    names, parts, imports = {}, [], ["import functools", "import random", "import openai"]
    for kind, wanted, name in (("sync", sync, "with_backoff"), ("async", asynchronous, "with_backoff_async")):
        if wanted:
            names[kind] = name if name not in taken else f"{name}_2"
            text = _SYNC.format(name=names[kind], errors=_ERRORS[api])
            if kind == "async":
                text = text.replace("    def patient", "    async def patient")
                text = text.replace("return function", "return await function").replace(
                    "time.sleep", "await asyncio.sleep"
                )
            imports.append("import time" if kind == "sync" else "import asyncio")
            parts.append(text)
    return Helper(tuple(sorted(imports)), "\n\n".join(parts), names)
