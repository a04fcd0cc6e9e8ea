"""Every rule has a document, and what its code blocks say of oailint is true."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
import rule_documents
from rule_documents import FOLDER, HEADINGS, Case, Document, Malformed

from oailint import cli, repair
from oailint.findings import Finding, Report, Severity
from oailint.rules import RULES
from oailint.run import execute
from oailint.settings import Options

PATHS = sorted(FOLDER.glob("*.md"))
DOCUMENTS = [rule_documents.read(path) for path in PATHS]
CASES = [case for document in DOCUMENTS for case in document.cases]
UNPARSABLE = "OAI001"
"""Its findings stand in files that have no comments to suppress them."""


def by_id(cases: Iterable[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in cases])


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(files: Mapping[str, str], folder: Path) -> Report:
    """The report on a project of these files in ``folder``."""
    for name, text in ({"pyproject.toml": "", **files} if files else {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return execute([str(folder)], Options(use_cache=False)).report


def fix(case: Case, folder: Path) -> Report:
    """The report after the fixes of a case."""
    options = Options(use_cache=False, overrides={"backoff": case.backoff})
    return repair.execute([str(folder)], options, unsafe=case.unsafe, write=True).report


def texts(folder: Path) -> dict[str, str]:
    """All files in ``folder``."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in found}


def places(findings: Iterable[Finding]) -> list[rule_documents.Place]:
    return sorted((one.location.path, one.location.span.line, one.code) for one in findings)


def code_of(document: Document) -> str:
    return document.path.name.split("-")[0]


# --- what the documents say ---------------------------------------------------------------------------------------


@by_id(CASES)
def test_what_is_marked_is_reported_and_nothing_else(case: Case, tmp_path: Path) -> None:
    report = run(case.plain(), tmp_path)
    assert places(report.findings) == sorted(case.marked("error"))
    assert not report.problems


@by_id(case for case in CASES if case.marked("error"))
def test_a_suppression_on_the_flagged_line_silences(case: Case, tmp_path: Path) -> None:
    expected = sorted(case.marked("error"))
    report = run(case.suppressed(), tmp_path)
    assert places(report.findings) == [place for place in expected if place[2] == UNPARSABLE]
    assert set(places(report.suppressed)) >= {place for place in expected if place[2] != UNPARSABLE}


@by_id(case for case in CASES if case.fixed)
def test_fixes_make_what_is_shown_and_are_done_then(case: Case, tmp_path: Path) -> None:
    before = run(case.plain(), tmp_path)
    report = fix(case, tmp_path)
    after = case.after()
    expected = {"pyproject.toml": "", **after.plain()}
    assert texts(tmp_path) == expected
    assert places(report.findings) == sorted(after.marked("error"))
    assert not report.problems
    assert report.statistics.fixed == len(before.findings) - len(report.findings) > 0
    assert places(run({}, tmp_path).findings) == sorted(after.marked("error"))
    assert fix(case, tmp_path).statistics.fixed == 0
    assert texts(tmp_path) == expected


@by_id(case for case in CASES if "-key}}" in str(case.files))
def test_no_key_is_told(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secrets = [rule_documents.build_key(kind)[-24:] for kind in rule_documents.KEY_KINDS]
    assert any(secret in text for secret in secrets for text in case.plain().values())
    report = run(case.plain(), tmp_path)
    told = repr(report)
    for form in ("full", "json"):
        with pytest.raises(SystemExit):
            cli.main(["--no-cache", "--output-format", form, "."])
        told += "".join(capsys.readouterr())
    assert not [secret for secret in secrets if secret in told]


@by_id(case for case in CASES if not case.document.startswith(UNPARSABLE))
def test_the_code_is_python(case: Case) -> None:
    for name, text in case.plain().items():
        if name.endswith(".py") and not name.startswith("templates/"):
            ast.parse(text, name)


def test_a_request_is_graver_in_a_loop(tmp_path: Path) -> None:
    """What the document of OAI102 says of severities."""
    [document] = [document for document in DOCUMENTS if code_of(document) == "OAI102"]
    severities = {}
    for case in document.cases[:2]:
        folder = tmp_path / case.id
        report = run(case.plain(), folder)
        [finding] = [one for one in report.findings if one.code == "OAI102"]
        severities[case.title] = finding.severity
    assert severities == {"A default client": Severity.INFO, "In a loop": Severity.WARNING}


# --- the documents themselves -------------------------------------------------------------------------------------


def test_every_rule_has_one_document_that_is_named_after_it() -> None:
    assert [path.name for path in PATHS] == sorted(f"{rule.code}-{rule.name}.md" for rule in RULES)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.path.stem)
def test_title_and_headings_are_the_fixed_ones(document: Document) -> None:
    [rule] = [rule for rule in RULES if rule.code == code_of(document)]
    assert document.title == f"{rule.name} ({rule.code})"
    assert tuple(document.headings) == HEADINGS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.path.stem)
def test_cases_are_of_the_kind_that_their_heading_says(document: Document) -> None:
    code = code_of(document)
    sections = {case.section for case in document.cases}
    assert {"Reported", "Not reported", "Fix"} <= sections
    for case in document.cases:
        errors = {place[2] for place in case.marked("error")}
        missed = {place[2] for place in case.marked("missed")}
        assert (code in errors) or case.section != "Reported", case.title
        assert (code not in errors) or case.section != "Not reported", case.title
        assert (code in errors) == bool(case.fixed) or case.section != "Fix", case.title
        assert (code in missed) == (case.section == "Known missed alarms"), case.title


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.path.stem)
def test_titles_of_cases_differ(document: Document) -> None:
    ids = [case.id for case in document.cases]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.path.stem)
def test_explain_prints_the_document(document: Document, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--explain", code_of(document)])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.split() == document.path.read_text(encoding="utf-8").split()


# --- the reader of documents --------------------------------------------------------------------------------------

SMALL = """# missing-retry (OAI101)

## Reported

### A case

```python
# file: a.py
import openai

openai.ChatCompletion.create(model="gpt-4")  # error: OAI101
```
"""


def small(text: str) -> Case:
    [case] = rule_documents.parse(text, Path("OAI101-missing-retry.md")).cases
    return case


def test_a_case_is_read_with_its_markers(tmp_path: Path) -> None:
    case = small(SMALL)
    assert case.id == "OAI101-missing-retry-Reported-A-case"
    assert case.marked("error") == {("a.py", 4, "OAI101")}
    assert case.plain()["a.py"].split("\n")[3] == 'openai.ChatCompletion.create(model="gpt-4")'
    assert "ignore[OAI101] -- " in case.suppressed()["a.py"].split("\n")[3]
    assert places(run(case.plain(), tmp_path).findings) == [("a.py", 4, "OAI101")]


@pytest.mark.parametrize(
    "change",
    [
        ("  # error: OAI101", ""),
        ("error: OAI101", "error: OAI102"),
        ("error: OAI101", "missed: OAI101"),
        ("import openai\n", "import openai  # error: OAI101\n"),
    ],
)
def test_a_wrong_marker_is_noticed(change: tuple[str, str], tmp_path: Path) -> None:
    case = small(SMALL.replace(*change))
    assert places(run(case.plain(), tmp_path).findings) != sorted(case.marked("error"))


@pytest.mark.parametrize(
    "change", [("# file: a.py\n", ""), ("### A case\n", ""), ("```\n", ""), ("```python\n", "```text\n")]
)
def test_a_malformed_document_is_refused(change: tuple[str, str]) -> None:
    with pytest.raises(Malformed):
        small(SMALL.replace(*change))


FIXED = """# unused-suppression (OAI002)

## Fix

### A case

```python
# file: a.py
x = 1  # oailint: ignore[OAI101]  # error: OAI002
```
```python
# fixed: a.py
x = 1
```
"""


def test_a_fixed_block_is_compared(tmp_path: Path) -> None:
    case = small(FIXED)
    assert case.files.keys() == case.fixed.keys() == {"a.py"}
    test_fixes_make_what_is_shown_and_are_done_then(case, tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        ("```python\n# fixed: a.py\nx = 1\n", "```python\n# fixed: a.py\nx = 2\n"),
        ("```python\n# fixed: a.py\nx = 1\n", "```python\n# fixed: b.py\nx = 1\n"),
        ("```python\n# fixed: a.py\nx = 1\n", "```python\n# fixed: a.py\nx = 1  # error: OAI002\n"),
    ],
)
def test_a_wrong_fixed_block_is_noticed(change: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        test_fixes_make_what_is_shown_and_are_done_then(small(FIXED.replace(*change)), tmp_path)


@pytest.mark.parametrize("kind", rule_documents.KEY_KINDS)
def test_a_built_key_looks_real(kind: str, tmp_path: Path) -> None:
    text = f'from openai import OpenAI\n\nclient = OpenAI(api_key="{rule_documents.build_key(kind)}")\n'
    assert [code for _, _, code in places(run({"a.py": text}, tmp_path).findings)] == ["OAI301"]
