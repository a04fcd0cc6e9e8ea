"""Small projects, one for each idiom of real code and each with its near miss, get the verdicts and chains that were
read and judged.

``python tests/projects/rewrite.py`` writes what is said of them anew; read the difference before it is committed.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import told
import tomli
from told import EXPECTED, FOLDER

PROJECTS = told.projects()
IDIOMS = sorted({path.parent for path in PROJECTS})
WRONG: dict[str, str] = tomli.loads((FOLDER / "wrong.toml").read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


@pytest.mark.parametrize("folder", PROJECTS, ids=name)
def test_verdicts_and_chains(folder: Path) -> None:
    expected = (folder / EXPECTED).read_text(encoding="utf-8")
    assert told.told(told.linked(folder)) == expected


def judged(idiom: Path) -> object:
    reason = WRONG.get(idiom.name)
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(idiom, id=name(idiom), marks=marks)


@pytest.mark.parametrize("idiom", [judged(idiom) for idiom in IDIOMS])
def test_an_idiom_is_told_from_its_near_miss(idiom: Path) -> None:
    """Which rules find something differs between the two, so that neither alone can pass for the other."""
    fault, near_miss = (told.codes(told.linked(idiom / kind)) for kind in ("fault", "near_miss"))
    assert fault - near_miss, f"{sorted(fault)} against {sorted(near_miss)}"


@pytest.mark.parametrize("folder", PROJECTS, ids=name)
def test_the_code_is_python(folder: Path) -> None:
    paths = list(folder.rglob("*.py"))
    assert paths
    for path in paths:
        ast.parse(path.read_text(encoding="utf-8"), str(path))


def test_there_are_enough_of_them() -> None:
    assert len(IDIOMS) >= 40
    assert set(WRONG) <= {idiom.name for idiom in IDIOMS}


def test_a_change_of_meaning_is_noticed(tmp_path: Path) -> None:
    [file] = (FOLDER / "loop_with_except" / "near_miss").rglob("*.py")
    text = file.read_text(encoding="utf-8")
    assert "continue" in text
    (tmp_path / file.name).write_text(text.replace("continue", "raise"), encoding="utf-8")
    assert told.codes(told.linked(tmp_path)) > told.codes(told.linked(file.parent))
