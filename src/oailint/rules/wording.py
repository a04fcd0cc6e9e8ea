"""Sentences that several rules share, so that they say the same thing in the same words."""

from __future__ import annotations

from oailint.project.model import Request

RETIRED = (
    "the Assistants endpoints were shut down on 2026-08-26: this call now gets a 404; "
    "use `client.responses` and `client.conversations`"
)


def what(request: Request) -> str:
    """How a request is named in a message."""
    if request.sdk == "http":
        return f"`{request.written}` ({request.method})"
    if request.written.endswith(request.method):
        return f"`{request.written}`"
    return f"`{request.written}` ({request.method})"


def about(request: Request) -> str:
    """What tells a request from others. A URL is put together from what other code says, so it is left out."""
    return request.written if request.sdk == "http" else request.method


def tail(request: Request) -> str:
    """What a message adds about a request's endpoint and paths."""
    out = ""
    if request.partly:
        out += "; other paths to it are retried, this one is not"
    if request.retired:
        out += f"; {RETIRED}"
    return out
