"""Shorthand for tests: text in, facts out."""

from __future__ import annotations

from typing import Any

from oailint.facts import FileFacts, Span
from oailint.syntax.extract import extract


def read(text: str) -> FileFacts:
    """The facts of ``text``, which must be readable."""
    result = extract(text)
    assert isinstance(result, FileFacts), result
    return result


def statement(text: str) -> Any:
    """The first statement of the module."""
    return read(text).scopes[0].statements[0]


def expression(text: str) -> Any:
    """``text`` as an expression."""
    return statement(text).value


def cut(text: str, span: Span) -> str:
    """What ``span`` spans; for texts with LF newlines."""
    lines = text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)
