"""What is built: the wheel holds all that is needed, and works where it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


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


@pytest.mark.registry
def test_a_fresh_installation_works(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    scripts = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    call(scripts / "python", "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path, PYTHONPATH="")
    (tmp_path / "a.py").write_text("x = 1\n")
    told = call(scripts / "oailint", "--no-cache", "a.py", cwd=tmp_path, PYTHONPATH="")
    assert told == "Found no findings in 1 file.\n"
