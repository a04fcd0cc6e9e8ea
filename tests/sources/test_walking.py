"""Which files a run finds."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from pathspec import GitIgnoreSpec

from oailint.config import Config
from oailint.sources import Discovery, Walker, project_root
from oailint.sources.ignores import Patterns


@pytest.fixture(autouse=True)
def _no_user_files(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("settings")))


def make(root: Path, *paths: str, **texts: str) -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")


def found(root: Path, *paths: str, config: Config | None = None) -> Discovery:
    return Walker(str(root), lambda folder: config or Config(root=str(root))).discover(paths or (".",))


def names(root: Path, *paths: str, config: Config | None = None) -> list[str]:
    return [os.path.relpath(path, root).replace(os.sep, "/") for path in found(root, *paths, config=config).files]


def test_python_files_in_order(tmp_path: Path) -> None:
    make(tmp_path, "b.py", "a/z.pyi", "a/c.py", "a.txt", "noext", "x.pyc")
    assert names(tmp_path) == ["a/c.py", "a/z.pyi", "b.py"]


def test_default_excludes(tmp_path: Path) -> None:
    for folder in (".git", ".venv", "venv", "node_modules", "build", "dist", "__pycache__", ".tox", "x.egg-info"):
        make(tmp_path, f"{folder}/m.py", f"deep/{folder}/m.py")
    make(tmp_path, "env/pyvenv.cfg", "env/m.py", "conda/conda-meta/x", "conda/m.py", "builder/m.py")
    assert names(tmp_path) == ["builder/m.py"]
    assert "env: skipped: a virtual environment" in found(tmp_path).notes


def test_an_excluded_folder_that_is_named_is_read(tmp_path: Path) -> None:
    make(tmp_path, "build/m.py", "build/lib/n.py", "build/build/o.py")
    assert names(tmp_path, "build") == ["build/build/o.py", "build/lib/n.py", "build/m.py"]
    assert names(tmp_path, "build/m.py") == ["build/m.py"]
    assert names(tmp_path, "build/lib") == ["build/lib/n.py"]


def test_configured_excludes(tmp_path: Path) -> None:
    make(tmp_path, "build/m.py", "gen/a.py", "src/gen/b.py", "src/x_pb2.py", "src/c.py")
    root = str(tmp_path)
    assert names(tmp_path, config=Config(root=root, exclude=("/gen", "*_pb2.py"))) == [
        "build/m.py",
        "src/c.py",
        "src/gen/b.py",
    ]
    assert names(tmp_path, config=Config(root=root, extend_exclude=("src/gen/", "*_pb2.py"))) == [
        "gen/a.py",
        "src/c.py",
    ]
    assert names(tmp_path, "src", config=Config(root=root, extend_exclude=("src/gen",))) == ["src/c.py", "src/x_pb2.py"]


def test_gitignore(tmp_path: Path) -> None:
    make(
        tmp_path, "a.py", "out/b.py", "pkg/c.py", "pkg/keep.py", "pkg/sub/d.py", "pkg/sub/e.py", "top.py", "pkg/top.py"
    )
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "info" / "exclude").write_text("a.py\n")
    (tmp_path / ".gitignore").write_text("# comment\nout/\n/top.py\nkeep.py\nbad[\\\n")
    (tmp_path / "pkg" / ".gitignore").write_text("!keep.py\nsub/*\n!sub/e.py\n")
    assert names(tmp_path) == ["pkg/c.py", "pkg/keep.py", "pkg/sub/e.py", "pkg/top.py"]
    assert names(tmp_path, "pkg") == ["pkg/c.py", "pkg/keep.py", "pkg/sub/e.py", "pkg/top.py"]
    assert names(tmp_path, "pkg/sub") == ["pkg/sub/e.py"]


def test_an_ignored_folder_that_is_named_is_read(tmp_path: Path) -> None:
    make(tmp_path, "out/b.py", "out/deep/c.py")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("out/\n")
    assert names(tmp_path, "out") == ["out/b.py", "out/deep/c.py"]
    assert names(tmp_path, "out/b.py") == ["out/b.py"]
    assert names(tmp_path) == []


def test_gitignore_stops_at_the_work_tree(tmp_path: Path) -> None:
    make(tmp_path, "inner/a.py")
    (tmp_path / ".gitignore").write_text("*.py\n")
    (tmp_path / "inner" / ".git").mkdir()
    assert names(tmp_path, "inner") == ["inner/a.py"]


def test_the_exclude_file_of_a_worktree(tmp_path: Path) -> None:
    make(tmp_path, "tree/a.py", "tree/b.py")
    git = tmp_path / "main" / ".git"
    (git / "info").mkdir(parents=True)
    (git / "worktrees" / "tree").mkdir(parents=True)
    (git / "worktrees" / "tree" / "commondir").write_text("../..\n")
    (git / "info" / "exclude").write_text("b.py\n")
    (tmp_path / "tree" / ".git").write_text(f"gitdir: {git}/worktrees/tree\n")
    assert names(tmp_path, "tree") == ["tree/a.py"]


def test_odd_things_on_a_walk_are_skipped_and_told(tmp_path: Path) -> None:
    make(tmp_path, "pkg/a.py", "folder.py/b.py", "other/c.py")
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    (tmp_path / "pkg" / "up").symlink_to("..")
    (tmp_path / "pkg" / "same.py").symlink_to("a.py")
    os.mkfifo(tmp_path / "pipe.py")
    result = found(tmp_path)
    assert [os.path.relpath(path, tmp_path) for path in result.files] == ["other/c.py", "pkg/a.py"]
    assert result.problems == []
    assert sorted(result.notes) == [
        "folder.py: skipped: a folder with the name of a file",
        "gone.py: skipped: a symbolic link that leads nowhere",
        "loop.py: skipped: a symbolic link that leads nowhere",
        "pipe.py: skipped: not a regular file",
        "pkg/same.py: skipped: a symbolic link to a file that is read itself",
        "pkg/up: skipped: a symbolic link to a folder",
    ]


def test_a_link_to_a_file_elsewhere_is_read(tmp_path: Path) -> None:
    make(tmp_path, "a/x.py", "b/y.py")
    (tmp_path / "a" / "link.py").symlink_to(tmp_path / "b" / "y.py")
    assert names(tmp_path, "a") == ["a/link.py", "a/x.py"]


def test_odd_things_that_are_named_are_problems(tmp_path: Path) -> None:
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    os.mkfifo(tmp_path / "pipe.py")
    result = found(tmp_path, "loop.py", "gone.py", "pipe.py", "missing.py")
    told = {problem.path: problem.message for problem in result.problems}
    assert told["missing.py"] == "does not exist"
    assert told["pipe.py"] == "is not a regular file"
    assert told["gone.py"] == "is a symbolic link that leads nowhere"
    assert "symbolic links" in told["loop.py"]


def test_named_files_are_read_whatever_their_suffix_and_once(tmp_path: Path) -> None:
    make(tmp_path, "script", "a.py", "d/x.py")
    assert names(tmp_path, "script", "a.py", "./a.py", "d/../a.py", "d", "d/x.py") == ["a.py", "d/x.py", "script"]


def test_a_folder_named_like_a_file_is_walked_when_named(tmp_path: Path) -> None:
    make(tmp_path, "folder.py/b.py")
    assert names(tmp_path, "folder.py") == ["folder.py/b.py"]


def test_a_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.py", "locked/b.py")
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    result = found(tmp_path)
    assert [os.path.basename(path) for path in result.files] == ["a.py"]
    assert [(one.path, one.message) for one in result.problems] == [("locked", "could not be read: Permission denied")]


def test_roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    make(tmp_path, "home/repo/setup.py", "home/repo/pkg/sub/a.py", "home/repo/inner/pyproject.toml", "home/.git/x")
    home = tmp_path / "home"
    (home / "loose").mkdir()
    known: dict[str, str | None] = {}
    assert project_root(str(home / "repo" / "pkg" / "sub"), known, {}) == str(home / "repo")
    assert project_root(str(home / "repo" / "inner"), known, {}) == str(home / "repo" / "inner")
    assert project_root(str(home / "loose"), known, {}) is None
    assert project_root(str(home), known, {}) is None


def test_what_was_listed_is_not_looked_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "one/setup.py", "one/pkg/a.py", "two/__init__.py", "two/setup.py", "three/pyproject.toml")
    walker = Walker(str(tmp_path), lambda folder: Config())
    walker.discover(["."])
    looked_up = {folder: project_root(folder, {}, {}) for folder in walker.marked}
    assert looked_up[str(tmp_path / "one" / "pkg")] == str(tmp_path / "one")
    assert looked_up[str(tmp_path / "two")] != str(tmp_path / "two")
    known: dict[str, str | None] = {str(tmp_path): looked_up[str(tmp_path)]}
    monkeypatch.setattr(os.path, "exists", None)
    walker.marked[str(tmp_path)] = False
    assert {folder: project_root(folder, known, walker.marked) for folder in walker.marked} == looked_up


LINES = (
    "build",
    "build/",
    "/build/",
    "*.log.py",
    "a*",
    "!build/keep.py",
    "# build",
    "",
    "sub/b.py",
    "__pycache__/",
    "\\#x",
)


@pytest.mark.parametrize("number", range(40))
def test_patterns_mean_what_git_says(number: int) -> None:
    chosen = random.Random(number).sample(LINES, 4)
    ours, theirs = Patterns("/base", chosen), GitIgnoreSpec.from_lines(chosen)
    for name in ("build", "a.py", "b.py", "x.log.py", "sub", "__pycache__", "keep.py", "#x"):
        for folder in (True, False):
            said = theirs.check_file(name + "/" if folder else name).include
            assert bool(ours.match(f"/base/{name}", folder)) == bool(said), (chosen, name, folder)


BLANKS = ("c/\t", "d ", "e\\ ", "f\t ", "g\x0c", "h\xa0", "!/", "/", "!", "i\r", "k\x0cl", "m/", "!n")


@pytest.mark.skipif(shutil.which("git") is None or os.name == "nt", reason="needs git, and names with tabs")
@pytest.mark.parametrize("number", range(6))
def test_blanks_in_patterns_mean_what_they_mean_for_git(tmp_path: Path, number: int) -> None:
    names = ("c", "c/\t", "d", "e", "e ", "f", "f\t", "g", "g\x0c", "h", "h\xa0", "i", "k", "k\x0cl", "m", "n")
    make(tmp_path, *(f"{name}/a.py" for name in names))
    lines = random.Random(number).sample(BLANKS, 9) + (["*.py ", "!a.py\t"] if number % 3 == 0 else [])
    (tmp_path / ".gitignore").write_bytes("\n".join(lines).encode())
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--others", "--exclude-standard", "*.py"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    theirs = sorted(os.fsdecode(name) for name in listed.stdout.split(b"\0") if name)
    walker = Walker(str(tmp_path), lambda folder: Config())
    ours = [os.path.relpath(path, tmp_path) for path in walker.discover(["."]).files]
    assert sorted(ours) == theirs, lines


def test_a_walk_of_one_project_stays_out_of_others(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "sub/setup.py", "sub/b.py", "pkg/c.py")
    walker = Walker(str(tmp_path), lambda folder: Config())
    files = walker.walk(str(tmp_path), Discovery(), one_project=True)
    assert [os.path.relpath(path, tmp_path) for path in files] == ["a.py", "pkg/c.py"]
