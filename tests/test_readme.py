"""What the README lists, and how it says that oailint is set up; with Contributing and the changelog.

What holds for all documents is in ``test_docs.py``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import documents
import pytest
import test_layers

from oailint.rules import RULES

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
CHECK = "oailint --output-format concise examples/"
SHELL = re.compile(r"```sh\n(.+)\n```\n")


def text() -> str:
    return README.read_text(encoding="utf-8")


def output(folder: Path) -> str:
    """What is found in the examples."""
    return documents.begin(README, folder).output(CHECK)


def test_examples_show_every_rule_on_requests(tmp_path: Path) -> None:
    found = set(re.findall(r"OAI\d{3}", output(tmp_path / "walk")))
    # A key has no place in a repository, and the file rules speak of files that are broken.
    assert found == {rule.code for rule in RULES if rule.family not in ("files", "secrets")}


def table(header: str) -> list[list[str]]:
    """The rows of the table whose first column has that header."""
    _, _, rest = text().partition(f"\n| {header} |")
    lines = rest.partition("\n\n")[0].split("\n")[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_rules_are_listed() -> None:
    rows = {re.sub(r"\[(\w+)\].*", r"\1", row[0]): row for row in table("code")}
    assert rows.keys() == {rule.code for rule in RULES}
    for rule in RULES:
        _, name, severity, _ = rows[rule.code]
        assert name == rule.name
        assert str(rule.severity) in severity


def test_contributing_holds_the_layers_and_every_part() -> None:
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f"```{test_layers.LAYERS}```" in told
    names = {test_layers.component(path) for path in test_layers.modules()}
    names |= {path.stem for path in (ROOT / "src/oailint/project").glob("*.py")} - {"__init__"}
    assert sorted(name for name in names if not re.search(rf"\b{name}(\.py|/)", told)) == []


def test_changelog_knows_the_version() -> None:
    from oailint import __version__

    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.registry
@pytest.mark.skipif(os.name == "nt", reason="the commands are those of a POSIX shell")
def test_the_first_command_sets_up_and_checks_the_examples(tmp_path: Path) -> None:
    command = SHELL.findall(text())[0]
    for name in ("src", "rules", "examples"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    environment = {**os.environ, "OAILINT_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": ""}
    result = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert result.returncode == 1, result.stdout + result.stderr
    assert result.stdout.endswith(output(tmp_path / "walk"))
