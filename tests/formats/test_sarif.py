"""SARIF: what is in the log, and what is left out of it."""

from __future__ import annotations

import gzip
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace
from reports import REPORTS, finding, fix, related, report
from validating import sarif, sarif_validator

from oailint.findings import Problem, Report, Severity
from oailint.reporters import Context, render
from oailint.reporters import sarif as module
from oailint.rules import RULES
from oailint.version import VERSION


def of(told: Report, context: Context | None = None) -> Any:
    [run] = sarif(render("sarif", told, context or Context()))["runs"]
    return run


def result(one: Any, **more: Any) -> Any:
    [told] = of(report([one], **more))["results"]
    return told


def test_the_schema_refuses_what_is_wrong() -> None:
    log = sarif(render("sarif", report([finding()]), Context()))
    log["runs"][0]["results"][0]["levle"] = "error"
    with pytest.raises(jsonschema.ValidationError):
        sarif_validator().validate(log)


def test_rules_are_described_by_their_documents() -> None:
    driver = of(report())["tool"]["driver"]
    assert (driver["name"], driver["version"], driver["semanticVersion"]) == ("oailint", VERSION, VERSION)
    assert "informationUri" not in driver
    rules = {rule["id"]: rule for rule in driver["rules"]}
    assert list(rules) == sorted(rule.code for rule in RULES)
    missing, key = rules["OAI101"], rules["OAI301"]
    assert missing["name"] == "MissingRetry"
    assert missing["shortDescription"]["text"] == "Nothing at all retries this request."
    assert missing["fullDescription"]["text"].startswith("Reports a request to OpenAI that nothing retries: ")
    assert "## Why\n\nOpenAI answers 429" in missing["help"]["markdown"]
    assert "## Fix\n\nPut one layer" in missing["help"]["markdown"]
    assert missing["defaultConfiguration"] == {"level": "error"}
    assert missing["properties"] == {"precision": "high", "problem.severity": "error", "tags": ["openai", "retry"]}
    assert key["properties"]["security-severity"] == "9.8"
    assert "security" in key["properties"]["tags"]
    assert [rule["id"] for rule in driver["rules"] if "security-severity" in rule["properties"]] == ["OAI301"]
    for rule in driver["rules"]:
        told = rule["help"]["markdown"]
        assert len(told) > 200
        assert "](" not in told and "```" not in told and "### " not in told and "(OAI" not in told
        assert "{" not in told.replace("{{", "")


def test_a_result() -> None:
    told = result(finding(help="Retry {it}.", line=7, severity=Severity.INFO))
    assert told["level"] == "note"
    assert told["message"] == {"text": "nothing retries it\nRetry {{it}}."}
    assert told["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "app/llm.py", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 7, "startColumn": 5, "endLine": 7, "endColumn": 9},
            }
        }
    ]
    assert told["partialFingerprints"] == {"oailint/v1": f"{7:016x}"}
    assert {"baselineState", "codeFlows", "relatedLocations", "fixes"}.isdisjoint(told)


def test_no_place_of_the_machine_is_told_of_files_below_the_working_directory() -> None:
    run = of(report([finding()]))
    assert run["originalUriBaseIds"].keys() == {"%SRCROOT%"}
    assert "uri" not in run["originalUriBaseIds"]["%SRCROOT%"]
    assert run["columnKind"] == "unicodeCodePoints"


def uri(path: str) -> Any:
    return result(finding(path))["locations"][0]["physicalLocation"]["artifactLocation"]


def test_paths_are_encoded() -> None:
    assert uri("a b/100%#.py")["uri"] == "a%20b/100%25%23.py"
    assert uri("ä:\udcff\n.py")["uri"] == "%C3%A4%3A%FF%0A.py"
    assert uri("/srv/x y.py") == {"uri": "file:///srv/x%20y.py"}


def steps(one: Any) -> list[tuple[int, str]]:
    [flow] = result(one)["codeFlows"]
    [thread] = flow["threadFlows"]
    places = [step["location"] for step in thread["locations"]]
    return [(place["physicalLocation"]["region"]["startLine"], place["message"]["text"]) for place in places]


def test_code_flows_are_in_the_order_of_execution() -> None:
    chain = (related("a.py", 1, "calls `f`"), related("b.py", 2, "calls `g`"))
    assert steps(finding(related=chain)) == [(1, "calls `f`"), (2, "calls `g`"), (3, "nothing retries it")]
    loop = finding(related=chain, family="throttling", code="OAI401", message="loops")
    assert steps(loop) == [(3, "loops"), (1, "calls `f`"), (2, "calls `g`")]
    own = replace(chain[1], location=finding().location)
    assert steps(finding(related=(chain[0], own))) == [(1, "calls `f`"), (3, "calls `g`")]
    handler = finding(related=chain[:1], family="errors", code="OAI201")
    assert "codeFlows" not in result(handler)
    assert [place["id"] for place in result(handler)["relatedLocations"]] == [1]


def test_fixes() -> None:
    [told] = result(finding(fix=fix("{x}")))["fixes"]
    region = {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9}
    assert told == {
        "description": {"text": "wrap {{it}}"},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": "app/llm.py", "uriBaseId": "%SRCROOT%"},
                "replacements": [{"deletedRegion": region, "insertedContent": {"text": "{x}"}}],
            }
        ],
        "properties": {"safety": "safe"},
    }
    [deleting] = result(finding(fix=fix("")))["fixes"]
    assert deleting["artifactChanges"][0]["replacements"] == [{"deletedRegion": region}]


def test_a_fix_that_would_write_a_masked_key_is_left_out() -> None:
    key = "sk-proj-" + "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA" * 2
    assert "fixes" not in result(finding(fix=fix(f"f('{key}')")))


def test_what_is_set_aside() -> None:
    told = of(REPORTS["set aside"])["results"]
    assert [one.get("baselineState") for one in told] == ["new", "unchanged", "unchanged", "new", "new"]
    assert [one["suppressions"] for one in told] == [
        [],
        [],
        [],
        [{"kind": "inSource", "justification": "a {reason}\\x1b"}],
        [{"kind": "inSource"}],
    ]
    assert "baselineState" not in result(finding())
    assert of(report([finding()], has_baseline=True))["results"][0]["baselineState"] == "new"


def test_problems() -> None:
    problems = [Problem("a b.py", 2, 3, "could not be read"), Problem("", 1, 1, "{all}")]
    [invocation] = of(report(problems=problems))["invocations"]
    assert invocation["executionSuccessful"] is False
    first, second = invocation["toolExecutionNotifications"]
    assert first["level"] == "error"
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b.py"
    assert place["region"] == {"startLine": 2, "startColumn": 3}
    assert second == {"level": "error", "message": {"text": "{{all}}"}}
    assert of(report())["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_too_many_results_lose_the_mildest_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_RESULTS", 5)
    levels = [Severity.INFO, Severity.ERROR, Severity.WARNING, Severity.ERROR]
    told = report(
        [finding(line=line, severity=level) for line, level in enumerate(levels * 2, 1)], suppressed=[finding(line=99)]
    )
    said: list[str] = []
    run = of(told, Context(tell=said.append))
    lines = [one["locations"][0]["physicalLocation"]["region"]["startLine"] for one in run["results"]]
    assert lines == [2, 3, 4, 6, 8]
    [note] = run["invocations"][0]["toolExecutionNotifications"]
    assert note["level"] == "warning"
    assert note["message"]["text"].startswith("4 results left out: 5 of 9 are kept")
    assert said == [f"warning: SARIF: {note['message']['text']}"]
    assert run["invocations"][0]["executionSuccessful"] is True


def test_what_is_set_aside_goes_before_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_RESULTS", 4)
    told = of(REPORTS["set aside"])["results"]
    assert [bool(one["suppressions"]) for one in told] == [False, False, False, True]


def test_too_many_places_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    long = finding(related=tuple(related("a.py", line, "calls") for line in range(1, 2000)))
    said: list[str] = []
    run = of(report([long, finding()]), Context(tell=said.append))
    assert len(run["results"][0]["relatedLocations"]) == 999
    assert said == ["warning: SARIF: 1 result with more places than GitHub takes: 1000 are kept of each"]


def test_too_many_bytes_lose_results(monkeypatch: pytest.MonkeyPatch) -> None:
    small = len(gzip.compress(render("sarif", report(), Context()).encode()))
    monkeypatch.setattr(module, "MAX_BYTES", small + 2000)
    told = report([finding(line=line, message=f"{line * 7919**40:x}") for line in range(1, 400)])
    said: list[str] = []
    text = render("sarif", told, Context(tell=said.append))
    [run] = sarif(text)["runs"]
    assert 10 < len(run["results"]) < 399
    assert len(gzip.compress(text.encode())) <= small + 2000
    assert f"{len(run['results'])} of 399 are kept" in said[0]
