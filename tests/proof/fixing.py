"""The programs under test as ``oailint --fix`` leaves them."""

from __future__ import annotations

import ast
import re

from oailint.backoff import Helper, render

_CLIENT = r"(?:client|openai)(?:\.with_options\(max_retries=0\))?"
_REQUEST = re.compile(rf"\b({_CLIENT}\.(?:chat\.completions\.create|ChatCompletion\.a?create))\(")
_PARAMETER = re.compile(r"\bclient\.chat\.")


def fixed(text: str, form: str) -> str:
    """``text`` with the fix in ``form``: one of the helper's forms, or ``sdk``."""
    # The edits that the fixer makes in these programs, by replacement: nothing here looks at what the code means.
    if form == "sdk":
        return _with_retries(text, 6)
    is_async = "await " in text
    api = "v0" if "openai.ChatCompletion" in text else "v1"
    helper = render(form, sync=not is_async, asynchronous=is_async, api=api)
    [name] = helper.names.values()
    text = text if api == "v0" else _without_retries(text)
    text = _REQUEST.sub(rf"{name}(\1)(", text)
    return _insert(text, helper)


def _without_retries(text: str) -> str:
    """The SDK's own retries off: on the constructor where the client stays in the file, else on the request."""
    if "client: " in text:
        return _PARAMETER.sub("client.with_options(max_retries=0).chat.", text)
    return _with_retries(text, 0)


def _with_retries(text: str, number: int) -> str:
    if "OpenAI()" in text:
        return text.replace("OpenAI()", f"OpenAI(max_retries={number})")
    return text.replace("\nreply = openai.", f"\nopenai.max_retries = {number}\n\nreply = openai.")


def _insert(text: str, helper: Helper) -> str:
    """``text`` with the helper after the imports."""
    lines = text.splitlines()
    last = max(node.end_lineno or 0 for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom))
    imports = [line for line in helper.imports if line not in lines]
    rest = "\n".join(lines[last:]).strip("\n")
    return "\n".join([*lines[:last], *imports, "", "", helper.body, "", rest, ""])
