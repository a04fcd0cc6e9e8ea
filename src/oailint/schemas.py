"""JSON schemas of what oailint reads and writes, made of the code that reads and writes it."""

from __future__ import annotations

import enum
from typing import Any

import msgspec
from msgspec.structs import fields

from oailint.config import KEYS, Config
from oailint.reporters.json import ReportEntry

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_DESCRIPTIONS = {
    "select": "The only rules to report: codes, prefixes, families or names; ALL is all of them.",
    "ignore": "Rules not to report.",
    "extend-select": "Rules to report as well.",
    "exclude": "Patterns, as in a .gitignore, of what is not read on a walk through a folder.",
    "extend-exclude": "Further such patterns.",
    "per-file-ignores": "Rules not to report in the files of a pattern.",
    "src": "Folders that imports start from.",
    "min-severity": "Report nothing milder.",
    "min-confidence": "Report nothing less sure.",
    "backoff": "The form of backoff that fixes write.",
    "backoff-helper": "The backoff helper that fixes import, as package.module:name.",
    "clients": "Further client classes, as dotted names.",
    "requests": "Functions that send a request, as dotted names.",
    "retries": "Decorators and wrappers that retry, as dotted names.",
    "throttles": "Limiters and context managers that throttle, as dotted names.",
    "baseline": "The file of the baseline.",
    "cache-dir": "Where facts of files seen before are kept.",
    "output-format": "How to report.",
    "max-file-size": "The size in bytes above which a file met on a walk is a problem.",
}


def report_schema() -> dict[str, Any]:
    """The schema of what ``--output-format json`` prints. A line of ``jsonl`` is one of its definitions."""
    schema = msgspec.json.schema(ReportEntry)
    definitions = {name.removesuffix("Entry"): _renamed(entry) for name, entry in schema["$defs"].items()}
    problem = {"type": "object", "properties": {"problem": {"$ref": "#/$defs/Problem"}}, "required": ["problem"]}
    return {
        "$schema": _DIALECT,
        "title": "The JSON report of oailint. Later versions of it may have further keys",
        "$ref": "#/$defs/Report",
        "$defs": {**definitions, "Line": {"anyOf": [{"$ref": "#/$defs/Finding"}, problem]}},
    }


def settings_schema() -> dict[str, Any]:
    """The schema of ``[tool.oailint]``."""
    defaults = {entry.name.replace("_", "-"): _plain(getattr(Config(), entry.name)) for entry in fields(Config)}
    properties = {}
    for key, known in KEYS.items():
        properties[key] = {"description": _DESCRIPTIONS[key], **known.schema}
        if defaults[key] not in (None, "", [], {}):
            properties[key]["default"] = defaults[key]
    return {
        "$schema": _DIALECT,
        "title": "The settings of oailint: [tool.oailint] of a pyproject.toml, or an oailint.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _renamed(value: Any) -> Any:
    """``value`` with the names of definitions that ``report_schema`` gives, and without those of the types."""
    if isinstance(value, dict):
        return {
            key: inner.removesuffix("Entry") if key == "$ref" else _renamed(inner)
            for key, inner in value.items()
            if key != "title" or not isinstance(inner, str)
        }
    return [_renamed(inner) for inner in value] if isinstance(value, list) else value


def _plain(value: object) -> object:
    """A value of a Config as TOML would hold it."""
    if isinstance(value, enum.Enum):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
