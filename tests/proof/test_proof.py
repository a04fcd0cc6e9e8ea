"""Fixed programs survive what OpenAI really answers, and ``docs/proof.md`` tells no more than what happens."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fcntl", reason="scenarios are forks")

from fixing import fixed
from measuring import ALL, CHECKED, NEWEST, Case, execute, measure, runs
from proof_table import DOCUMENT, cells, read, render
from requirements import failures


@pytest.mark.registry
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


HINT = "max(exponential, _retry_after(error) + random.random())"


@pytest.mark.registry
@pytest.mark.parametrize(
    ("form", "old", "new", "told"),
    [
        ("stdlib", HINT, "_retry_after(error) or exponential", "window, retry-after-ms 200 is not survived"),
        ("stamina", "if hint > exponential else", "if hint else", "window, Retry-After 1 is not survived"),
        ("tenacity", "max(_exponential(state), ", "min(_exponential(state), ", "Retry-After 20 is not honoured"),
        ("tenacity", "reraise=True", "reraise=False", "429 for ever ends in tenacity.RetryError"),
        ("stdlib", " or error.type in _NO_CREDIT", "", "quota (2023) costs 7"),
        ("stdlib", "(408, 409, 429)", "(400, 408, 409, 429)", "400 costs 7"),
        ("stdlib", "_TRIES = 7", "_TRIES = 9", "429 for ever costs 9"),
        ("stdlib", "_TRIES = 7", "_TRIES = 6", "window is not survived"),
        ("stdlib", "max_retries=0", "max_retries=2", "429 for ever costs 21"),
        ("stdlib", '"Say hello."', '"Say goodbye."', "sees other requests"),
    ],
)
def test_a_broken_fix_is_noticed(form: str, old: str, new: str, told: str, folder: Path) -> None:
    case = Case(NEWEST, "sync", form)
    text = fixed(case.program.read_text(encoding="utf-8"), form)
    assert old in text
    broken = execute(text.replace(old, new), case._replace(form=f"broken {told}".replace(" ", "_")), folder)
    assert any(told in failure for failure in failures(case, runs(broken), measure(case.before, folder)))
