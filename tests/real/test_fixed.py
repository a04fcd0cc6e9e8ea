"""Fixes of published packages: what must hold of every outcome, and that the tool which looks for it can see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import fixed
import pytest
import real_packages

from oailint import repair

PACKAGES = ("aisuite", "autoevals", "chatdev", "evalplus", "gpt-index", "llm", "promptflow-tools", "semantic-router")
"""The quick ones among those that have something to fix. ``fixed.py`` takes the folders of all."""

TEXT = """import os

from openai import OpenAI

client = OpenAI()


def ask(text):
    return client.responses.create(model="m", input=text)
"""


@pytest.mark.registry
@pytest.mark.parametrize("package", [one for one in real_packages.PACKAGES if one.partition("==")[0] in PACKAGES])
def test_fixes_break_nothing_in_a_package(package: str, archives: Path, tmp_path: Path) -> None:
    real_packages.unpack(real_packages.fetch(package, archives), tmp_path / "source")
    outcome = fixed.fix_a_copy(tmp_path / "source", tmp_path / "work")
    print(f"{package}: {outcome.fixed} fixed in {outcome.files} files")
    assert outcome.wrong == []


def test_a_sound_fix_has_nothing_wrong(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "ask.py").write_text(TEXT)
    outcome = fixed.fix_a_copy(source, tmp_path / "work")
    assert (outcome.wrong, outcome.fixed, outcome.files) == ([], 1, 1)
    assert (outcome.found, outcome.offered) == ({"OAI102": 1}, {"OAI102": 1})
    assert (source / "ask.py").read_text() == TEXT


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda text: text.replace("import os\n", "import sys\n"), ["stray: ask.py:1: import os"]),
        (lambda text: text.replace("def ask(", "def ask(("), ["does not compile: ask.py"]),
        (lambda text: text.replace("client = OpenAI", "tool = OpenAI"), ["1 more of ruff: F821 ask.py"]),
        (
            lambda text: text.replace("    return", 2 * "    client.models.list()\n" + "    return"),
            ["1 more of finding: OAI102 ask.py"],
        ),
    ],
)
def test_a_fault_of_a_fix_is_seen(
    change: Callable[[str], str], wrong: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = repair.execute

    def faulty(*given: object, **options: object) -> repair.Repaired:
        Path("ask.py").write_text(change(Path("ask.py").read_text()))
        return execute(*given, **{**options, "write": False})  # type: ignore[arg-type]

    source = tmp_path / "source"
    source.mkdir()
    (source / "ask.py").write_text(TEXT)
    monkeypatch.setattr(repair, "execute", faulty)
    outcome = fixed.fix_a_copy(source, tmp_path / "work")
    assert all(any(line.startswith(start) for line in outcome.wrong) for start in wrong), outcome.wrong
