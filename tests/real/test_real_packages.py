"""Published packages, at fixed versions, give exactly the findings that were read and judged one by one.

The lists are in ``findings/``; ``python tests/real/rewrite.py`` writes them anew. A line that ends in ``# wrong:`` is a
false alarm that is known, and ``# missed:`` one that should be there: both are here to be seen when they change.
"""

from __future__ import annotations

import difflib
import zipfile
from pathlib import Path

import pytest
import real_packages
from real_packages import PACKAGES


@pytest.mark.registry
@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_gives_its_findings(package: str, archives: Path, tmp_path: Path) -> None:
    checked = real_packages.check(package, archives, tmp_path)
    print(f"{package}: {checked}")
    expected = real_packages.read_list(package).lines
    if checked.lines != expected:
        diff = difflib.unified_diff(expected, checked.lines, "expected", "found", n=0, lineterm="")
        pytest.fail("\n".join([f"{package}: other findings", *diff]))


def test_every_list_is_of_a_package_and_in_order() -> None:
    present = {path.name for path in real_packages.LISTS.iterdir()}
    assert present == {real_packages.list_of(package).name for package in PACKAGES}
    for package in PACKAGES:
        known = real_packages.read_list(package)
        assert known.lines == sorted(known.lines, key=real_packages._order), package
        assert all(reason for reason in known.wrong.values()), package


def test_rewriting_keeps_the_judgement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real_packages, "LISTS", tmp_path)
    known = real_packages.Expected(
        ["OAI102 a.py:1  `f`", "OAI102 a.py:5  `g`"],
        {"OAI102 a.py:1  `f`": "not sent", "OAI102 a.py:5  `g`": "not sent either"},
        ["# missed: OAI101 a.py:7  f", "# missed: OAI101 a.py:9  g"],
    )
    real_packages.write_list("some==1", ["OAI102 a.py:1  `f`", "OAI101 a.py:7  `h`"], known)
    assert real_packages.list_of("some==1").read_text().splitlines() == [
        "# missed: OAI101 a.py:9  g",
        "OAI102 a.py:1  `f`  # wrong: not sent",
        "OAI101 a.py:7  `h`",
    ]
    again = real_packages.read_list("some==1")
    assert again.lines == ["OAI102 a.py:1  `f`", "OAI101 a.py:7  `h`"]
    assert again.wrong == {"OAI102 a.py:1  `f`": "not sent"}


@pytest.mark.parametrize("name", ["../a.py", "/a.py", "p/../../a.py", "p\\..\\a.py", "c:a.py"])
def test_an_archive_cannot_write_elsewhere(name: str, tmp_path: Path) -> None:
    archive = tmp_path / "some-1-py3-none-any.whl"
    with zipfile.ZipFile(archive, "w") as wheel:
        wheel.writestr(name, "x = 1\n")
    with pytest.raises(ValueError, match="elsewhere"):
        real_packages.unpack(archive, tmp_path / "out")
    assert list(tmp_path.rglob("*.py")) == []
