"""Formats: a Report in, text out. A format is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

from oailint.findings import Report
from oailint.reporters.context import Context

FORMATS = ("full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown")
"""The formats, each a module of this package with a function ``render``."""

STATISTICS_FORMATS = ("full", "concise", "json")
"""The formats that can count instead of list."""

EDIT_FORMATS = ("json", "jsonl", "sarif")
"""The formats that show the edits of each fix."""

PROBLEM_FORMATS = ("json", "jsonl", "sarif", "junit", "markdown")
"""The formats that hold the problems of the run themselves."""


def render(format_name: str, report: Report, context: Context) -> str:
    """``report`` in the format of that name, ready for standard output (empty, or ending in a newline).

    Raises KeyError for a name that is no format.
    """
    if format_name not in FORMATS:
        raise KeyError(format_name)
    text: str = import_module(f"oailint.reporters.{format_name}").render(report, context)
    return text


__all__ = ["EDIT_FORMATS", "FORMATS", "PROBLEM_FORMATS", "STATISTICS_FORMATS", "Context", "render"]
