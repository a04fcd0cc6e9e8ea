"""The layers of the package: who may import whom. A module that is not listed fails."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import oailint

PACKAGE = Path(oailint.__file__).parent

# A module imports only from lines below its own; those on one line do not import each other.
LAYERS = """
__init__ __main__
cli
repair recording ignoring
settling session
run
gathering
incremental judging delivery schemas
results loading excerpts projects
analysis settings screening silencing workers
reporters fixing selection suppressions baseline cache sources console
rules
project
syntax
masking
knowledge backoff
codec config progress
findings
facts paths processes timing version
"""
RANK = {name: rank for rank, line in enumerate(reversed(LAYERS.split("\n"))) for name in line.split()}

# Who may use what is not the standard library. What is absent here may be used by nobody.
THIRD_PARTY = {
    "libcst": {"syntax"},
    "click": {"cli"},
    "msgspec": {name for name in RANK if name not in ("__init__", "__main__", "console", "version")},
    "pathspec": {"sources", "selection"},
    "tomli": {"config", "fixing", "knowledge", "masking"},
}
MAX_LINES = 500
FORBIDDEN_IN_RULES = {"os", "pathlib", "io", "subprocess", "sys"}


def modules() -> list[Path]:
    """All but documents, and but the text of the backoff helpers, which no module may import (see below)."""
    return sorted(path for path in PACKAGE.rglob("*.py") if not {"_rules", "templates"} & set(path.parts))


def component(path: Path) -> str:
    """The name on the layers' list: a top module or a sub-package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Dotted names of what a module imports, wherever in it; names after ``from`` are appended."""
    package = ["oailint", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def identify(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


every_module = pytest.mark.parametrize("path", modules(), ids=identify)


def targets(path: Path) -> Iterator[str]:
    """The components of oailint that a module imports from, itself left out."""
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "oailint":
            continue
        target = parts[1] if len(parts) > 1 and parts[1] in RANK else "__init__"
        if target != component(path):
            yield target


def test_every_module_is_listed() -> None:
    assert {component(path) for path in modules()} <= set(RANK)


@every_module
def test_imports_go_down(path: Path) -> None:
    rank = RANK[component(path)]
    assert [target for target in targets(path) if RANK[target] >= rank] == []


@every_module
def test_third_parties(path: Path) -> None:
    used = {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names) - {"oailint"}
    assert {name for name in used if component(path) not in THIRD_PARTY.get(name, ())} == set()


@every_module
def test_modules_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@every_module
def test_templates_are_text(path: Path) -> None:
    assert [name for name in imports(path) if "templates" in name.split(".")] == []


RULES = PACKAGE / "rules"
RULE_MODULES = {
    f"{PACKAGE.name}.rules.{name.split('.')[2]}"
    for name in imports(RULES / "__init__.py")
    if name.startswith("oailint.rules.") and not name.startswith("oailint.rules.base.")
}


@pytest.mark.parametrize("path", sorted(set(RULES.glob("*.py")) - {RULES / "__init__.py"}), ids=identify)
def test_rules_stand_alone(path: Path) -> None:
    """No rule, nor what rules share, imports a rule or looks outside."""
    assert len(RULE_MODULES) > 1
    names = set(imports(path))
    assert {name for name in names if name.split(".")[0] in FORBIDDEN_IN_RULES} == set()
    assert {name for name in names if name.rpartition(".")[0] in RULE_MODULES} == set()


def loaded(code: str) -> set[str]:
    """The modules that are loaded after ``code`` has run in a new interpreter."""
    program = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_version_is_quick() -> None:
    names = loaded("from oailint.cli import command\ntry: command.main(['--version'])\nexcept SystemExit: pass")
    assert "oailint.cli" in names
    assert {name for name in names if name.split(".")[0] in ("libcst", "msgspec", "pathspec")} == set()
    assert {name for name in names if name.startswith("oailint.")} == {
        "oailint.cli",
        "oailint.console",
        "oailint.version",
    }


def test_only_extraction_loads_the_parser() -> None:
    names = loaded("import oailint.run, oailint.project.meaning, oailint.rules, oailint.reporters.full")
    assert "oailint.rules" in names
    assert "libcst" not in names
