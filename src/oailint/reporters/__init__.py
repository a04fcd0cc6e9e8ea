"""Formats: a Report in, text out."""

from __future__ import annotations

from oailint.findings import Report
from oailint.reporters.context import Context

STATISTICS_FORMATS = ("full", "concise", "json")
"""The formats that can count instead of list."""


def render(format_name: str, report: Report, context: Context) -> str:
    """``report`` in the format of that name, ready for standard output (empty, or ending in a newline).

    Raises KeyError for a name that is no format.
    """
    from oailint.reporters import concise, full, github, json

    formats = {"full": full.render, "concise": concise.render, "json": json.render, "github": github.render}
    return formats[format_name](report, context)


__all__ = ["STATISTICS_FORMATS", "Context", "render"]
