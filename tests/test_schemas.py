"""The JSON schemas that are checked in: they are those of the code, and what the code reads and writes is valid.

``python tests/test_schemas.py`` writes them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from oailint import schemas
from oailint.config import KEYS, ConfigError, parse
from oailint.rules import RULES

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "schemas"
SCHEMAS = {"report.schema.json": schemas.report_schema, "settings.schema.json": schemas.settings_schema}

SETTINGS: dict[str, Any] = {
    "select": ["OAI1"],
    "per-file-ignores": {"scripts/*": ["throttling"]},
    "min-severity": "warning",
    "min-confidence": "high",
    "backoff": "tenacity",
    "backoff-helper": "app.net:patient",
    "clients": ["acme.Client"],
    "output-format": "sarif",
    "max-file-size": 10,
    "baseline": "b.json",
    "src": [],
}
WRONG = [
    {"selekt": []},
    {"select": "OAI1"},
    {"select": [1]},
    {"per-file-ignores": {"a": "OAI1"}},
    {"min-severity": "fatal"},
    {"min-confidence": 1},
    {"backoff": "none"},
    {"backoff-helper": "patient"},
    {"max-file-size": 0},
    {"max-file-size": True},
    {"output-format": "html"},
]


def closed(schema: Any) -> Any:
    """``schema`` without room for keys that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if "properties" in schema and schema.get("type") == "object" else {}
    return {**{key: closed(one) for key, one in schema.items()}, **more}


def text(name: str) -> str:
    return json.dumps(SCHEMAS[name](), indent=2) + "\n"


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_checked_in_is_made_of_the_code(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == text(name)
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name]())


def test_settings_are_valid_where_they_are_accepted() -> None:
    validator = jsonschema.Draft202012Validator(schemas.settings_schema())
    validator.validate(SETTINGS)
    parse(SETTINGS, "oailint.toml")
    for wrong in WRONG:
        assert not validator.is_valid(wrong)
        with pytest.raises(ConfigError):
            parse(wrong, "oailint.toml")


def test_defaults_are_valid() -> None:
    schema = schemas.settings_schema()
    told = {key: entry["default"] for key, entry in schema["properties"].items() if "default" in entry}
    assert {"src", "exclude", "min-severity", "backoff"} <= told.keys() <= KEYS.keys()
    jsonschema.validate(told, schema)
    parse(told, "oailint.toml")


def test_families_are_those_of_the_rules() -> None:
    family = schemas.report_schema()["$defs"]["Finding"]["properties"]["family"]["enum"]
    assert sorted(family) == sorted({rule.family for rule in RULES})


def test_a_report_with_everything_wrong_is_not_valid() -> None:
    validator = jsonschema.Draft202012Validator(closed(schemas.report_schema()))
    told = subprocess.run(
        [sys.executable, "-m", "oailint", "--no-cache", "--output-format", "json", "examples"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    report = json.loads(told.stdout)
    validator.validate(report)
    for change in (
        lambda one: one.pop("version"),
        lambda one: one.update(more=1),
        lambda one: one["findings"][0].pop("fix"),
        lambda one: one["findings"][0].update(line=0),
        lambda one: one["findings"][0].update(severity="fatal"),
        lambda one: one["findings"][0]["related"].append({"message": "x"}),
        lambda one: one["summary"].update(files=-1),
        lambda one: one["findings"][0].update(fix={"safety": "sure", "title": "x", "edits": []}),
    ):
        broken = json.loads(told.stdout)
        change(broken)
        assert not validator.is_valid(broken)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        (FOLDER / name).write_text(text(name), encoding="utf-8")
