"""Fixed programs survive what OpenAI really answers, and ``docs/proof.md`` tells no more than what happens."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fixing import fixed
from measuring import ALL, CHECKED, NEWEST, UNFIXED, Case, Run, execute, measure
from proof_table import DOCUMENT, cells, read, render
from requirements import failures

pytestmark = [pytest.mark.registry, pytest.mark.skipif(not hasattr(os, "fork"), reason="scenarios are forks")]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Environments and results, one folder for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "proof"


@pytest.mark.parametrize("case", CHECKED, ids=" ".join)
def test_promises_are_kept(case: Case, folder: Path) -> None:
    results = measure(case, folder)
    assert failures(case, results, measure(case.before, folder)) == []
    assert cells(results) == read(DOCUMENT.read_text(encoding="utf-8"))[case]


def test_the_document_is_whole() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    table = read(text)
    assert set(table) == set(ALL)
    assert render({case: table[case] for case in ALL}) == text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "max(exponential, _retry_after(error) + random.random())",
            "_retry_after(error) or exponential",
            "window, retry",
        ),
        ("if error.code in _NO_CREDIT", "if error.code == 'insufficient_quota'", "quota (2026) costs"),
        ("(408, 409, 429)", "(400, 408, 409, 429)", "400 costs"),
        ("_TRIES = 7", "_TRIES = 9", "429 for ever costs 9"),
        ("_TRIES = 7", "_TRIES = 6", "window is not survived"),
        ("max_retries=0", "max_retries=2", "429 for ever costs 21"),
        ('"Say hello."', '"Say " "goodbye."', "sees other requests"),
    ],
    ids=lambda value: value[:20],
)
def test_a_broken_fix_is_noticed(old: str, new: str, told: str, folder: Path, tmp_path: Path) -> None:
    case = Case(NEWEST, "sync", "stdlib")
    text = fixed(case.program.read_text(encoding="utf-8"), case.form)
    assert old in text
    measured = execute(text.replace(old, new), case._replace(form=f"broken {told}".replace(" ", "_")), folder)
    results = {name: [Run(**run) for run in runs] for name, runs in measured.items()}
    assert any(told in failure for failure in failures(case, results, measure(case.before, folder)))


def test_without_a_fix_nothing_is_promised() -> None:
    assert {case.form for case in CHECKED if failures(case, {}, {}) == [] and case.form == UNFIXED} == {UNFIXED}
