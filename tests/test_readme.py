"""The README tells the truth: the output that it shows, its rules, its keys, its links, its commands.

``python tests/test_readme.py`` writes the present output into the README.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

import pytest
import test_layers

from oailint import config
from oailint.rules import RULES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
CONSOLE = re.compile(r"^```console\n\$ (.+)\n((?:(?!```$).*\n)*)```$", re.MULTILINE)
SHELL = re.compile(r"```sh\n(.+)\n```\n")


def text() -> str:
    return README.read_text(encoding="utf-8")


def output(command: str) -> str:
    """What a terminal shows of ``command`` (``oailint ...``), run at the root of the repository."""
    program, *arguments = shlex.split(command)
    assert program == "oailint"
    if "--output-format" not in arguments:
        arguments += ["--output-format", "full"]
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "OAILINT_CACHE_DIR": cache, "PYTHONUTF8": "1"}
        result = subprocess.run(
            [sys.executable, "-m", "oailint", *arguments],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False,
        )  # fmt: skip
    assert result.returncode in (0, 1), result.stdout
    return result.stdout


def shown() -> list[tuple[str, str]]:
    """The commands of the README with the output that it shows of each."""
    return CONSOLE.findall(text())


@pytest.mark.parametrize(("command", "expected"), shown(), ids=[command for command, _ in shown()])
def test_output_is_what_the_command_prints(command: str, expected: str) -> None:
    assert output(command) == expected


def test_output_is_shown() -> None:
    assert len(shown()) == text().count("```console")
    assert any("examples/" in shlex.split(command) for command, _ in shown())


def test_examples_show_every_rule_on_requests() -> None:
    found = set(re.findall(r"OAI\d{3}", output("oailint --output-format concise examples/")))
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


def test_keys_are_listed() -> None:
    listed = [key for row in table("key") for key in re.findall(r"`([^`]+)`", row[0])]
    internal = {"root", "source"}
    known = {field.name.replace("_", "-") for field in fields(config.Config)} - internal
    assert sorted(listed) == sorted(known)


def test_configuration_is_accepted() -> None:
    examples = re.findall(r"```toml\n(.*?)```", text(), re.DOTALL)
    assert examples
    for example in examples:
        config.parse(tomllib.loads(example)["tool"]["oailint"], "pyproject.toml")


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_to_files(document: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / document).read_text(encoding="utf-8"))
    assert [one for one in targets if "://" not in one and not (ROOT / one).exists()] == []


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
    assert result.stdout.endswith(output("oailint --output-format concise examples/"))


def update() -> None:
    """Write the present output of its commands into the README."""
    new = CONSOLE.sub(lambda found: f"```console\n$ {found[1]}\n{output(found[1])}```", text())
    README.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    update()
