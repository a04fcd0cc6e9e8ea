"""What is built: the wheel holds all that is needed, and works where it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from oailint.version import VERSION

ROOT = Path(__file__).parents[1]
ASK = "import openai\n\nopenai.responses.create(model='m', input='')\n"


def call(*command: object, cwd: Path, **environment: str) -> str:
    words = [str(word) for word in command]
    env = {**os.environ, **environment}
    result = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, ROOT, cwd=target)
    [found] = target.glob("oailint-*.whl")
    return found


def test_the_wheel_holds_documents_tables_and_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    documents = {f"oailint/_rules/{path.name}" for path in (ROOT / "rules").glob("*.md")}
    tables = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("knowledge/*.toml")}
    templates = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("templates/*.py")}
    assert len(documents) > 1 and len(tables) > 1 and len(templates) > 1
    assert documents | tables | templates | {"oailint/py.typed", "oailint/cli.py"} <= names
    assert not {name for name in names if name.startswith("tests") or "__pycache__" in name or "ruff" in name}


def test_documents_are_found_where_the_wheel_is_installed(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    for document in sorted((ROOT / "rules").glob("OAI*.md")):
        code = document.name.split("-")[0]
        told = call(sys.executable, "-m", "oailint", "--explain", code, cwd=tmp_path, PYTHONPATH=str(tmp_path / "site"))
        assert told.split() == document.read_text(encoding="utf-8").split()


def test_the_source_archive_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """``python -m build`` without options makes the wheel from the archive, so nothing may be missing there."""
    call(sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    [from_archive] = tmp_path.glob("oailint-*.whl")
    [archive] = tmp_path.glob("oailint-*.tar.gz")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(from_archive) as other:
        assert {name: one.read(name) for name in one.namelist()} == {
            name: other.read(name) for name in other.namelist()
        }
    with tarfile.open(archive) as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    assert {"README.md", "LICENSE", "CHANGELOG.md", "docs/proof.md", "tests/test_packaging.py"} <= names
    assert not [name for name in names if "__pycache__" in name or ".venv" in name]


@pytest.fixture(scope="session")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands of a fresh environment are that has the wheel, and nothing else that users would not have."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=True)
    found = folder / ("Scripts" if os.name == "nt" else "bin")
    call(found / "python", "-m", "pip", "install", "--quiet", wheel, cwd=folder, PYTHONPATH="")
    return found


@pytest.mark.registry
def test_a_fresh_installation_works(scripts: Path, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(ASK)
    for command in ([scripts / "oailint"], [scripts / "python", "-m", "oailint"]):
        told = call(*command, "--no-cache", "--exit-zero", "a.py", cwd=tmp_path, PYTHONPATH="")
        assert told.startswith("a.py:3:1: OAI102 [*] ")
    call(scripts / "oailint", "--no-cache", "--fix", "a.py", cwd=tmp_path, PYTHONPATH="")
    assert "with_backoff" in (tmp_path / "a.py").read_text()


@pytest.mark.registry
def test_what_is_public_is_typed_for_users(scripts: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(
        "import oailint\n"
        "\n"
        "report = oailint.lint(['src'])\n"
        "count: int = len(report.findings) + oailint.check_source('').statistics.files\n"
        "text: str = oailint.fix_source('').text\n"
        "count = len(oailint.Session(['.']).update('a.py', None).findings)\n"
        "wrong: int = oailint.fix_source('').text\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", scripts / "python", "use.py"]
    done = subprocess.run([str(word) for word in command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[0].startswith("use.py:7: error: Incompatible types in assignment"), done.stdout
    assert "Found 1 error" in done.stdout


@pytest.mark.registry
def test_pipx_runs_it_without_installing(wheel: Path, tmp_path: Path) -> None:
    home = {"PIPX_HOME": str(tmp_path / "pipx"), "PIPX_BIN_DIR": str(tmp_path / "bin"), "PYTHONPATH": ""}
    told = call(sys.executable, "-m", "pipx", "run", "--spec", wheel, "oailint", "--version", cwd=tmp_path, **home)
    assert told.split() == ["oailint", VERSION]
