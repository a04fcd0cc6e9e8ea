"""What is measured: copies of trees, their size, the files that are changed, and the tools."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import scenarios, tools, trees
from benchmarks.document import SIZES
from benchmarks.scenarios import CHANGED, COLD, GIVEN, RUFF, WARM, Subject
from benchmarks.tools import NotInstalled, Tool, without_places


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    for name in ("a", "b", "c"):
        (folder / name).mkdir(parents=True)
        (folder / name / "use.py").write_text("import openai\n\nx = 1")
    (folder / "b" / "plain.py").write_text("y = 2\n")
    return folder


def test_a_copy_marks_projects_and_leaves_the_source(tree: Path, tmp_path: Path) -> None:
    (tree / "a" / ".git" / "objects").mkdir(parents=True)
    (tree / "a" / ".git" / "config").write_text("")
    target = tmp_path / "work" / "copy"
    trees.copy(tree, target)
    assert [path.relative_to(target).as_posix() for path in trees.files(target)] == [
        "a/use.py", "b/plain.py", "b/use.py", "c/use.py"
    ]  # fmt: skip
    assert (target / "a" / ".git").is_dir() and list((target / "a" / ".git").iterdir()) == []
    assert not (target / "b" / ".git").exists()
    assert (tree / "a" / ".git" / "config").exists()


def test_size(tree: Path) -> None:
    assert trees.size(tree) == trees.Size(files=4, lines=7, megabytes=pytest.approx(66e-6), saying_openai=3)


@pytest.mark.parametrize(
    ("number", "chosen"), [(1, [5]), (2, [2, 7]), (5, [1, 3, 5, 7, 9]), (10, list(range(10))), (99, list(range(10)))]
)
def test_chosen_files_lie_apart(number: int, chosen: list[int]) -> None:
    items = [Path(str(number)) for number in range(10)]
    assert trees.spread(items, number) == [items[index] for index in chosen]
    assert trees.spread([], number) == []


@pytest.fixture
def ways(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, scenarios.Contestant]:
    monkeypatch.setattr(scenarios, "measure", lambda command, folder: Path(command[3]).mkdir(parents=True))
    programs = {scenarios.RUFF: Path("ruff"), **dict.fromkeys(scenarios.PEERS, "cannot be installed")}
    names = scenarios.ON_REAL
    made = Subject(tree, tmp_path, 3, Path("bin", "oailint")).contestants(programs, names, dict.fromkeys(names, 2))
    assert [one.name for one in made] == list(names)
    return {one.name: one for one in made}


def cache(words: object) -> Path:
    assert isinstance(words, list)
    return Path(words[words.index("--cache-dir") + 1])


def test_a_cold_run_has_no_cache(ways: dict[str, scenarios.Contestant]) -> None:
    folder = cache(ways[COLD].prepare())
    (folder / "left").mkdir(parents=True)
    assert cache(ways[COLD].prepare()) == folder
    assert not folder.exists()


def test_a_warm_run_has_the_cache_of_a_run(ways: dict[str, scenarios.Contestant]) -> None:
    assert cache(ways[WARM].prepare()).is_dir()
    assert cache(ways[WARM].prepare()) == cache(ways[GIVEN].prepare()) != cache(ways[COLD].prepare())


def test_one_file_is_changed_each_time(ways: dict[str, scenarios.Contestant], tree: Path) -> None:
    seen = []
    for _ in range(4):
        before = {path: path.read_text() for path in trees.files(tree)}
        ways[CHANGED].prepare()
        [changed] = [path for path in trees.files(tree) if path.read_text() != before[path]]
        compile(changed.read_text(), changed.name, "exec")
        seen.append(changed.parent.name)
    assert seen == ["a", "b", "c", "a"]
    assert trees.files(tree)[0].read_text() == "import openai\n\nx = 1\nchanged_0 = 0\n\nchanged_3 = 3\n"


def test_a_given_file_is_named_as_a_hook_names_it(ways: dict[str, scenarios.Contestant]) -> None:
    assert [list(ways[GIVEN].prepare())[-1] for _ in range(2)] == ["a/use.py", "b/use.py"]


def test_tools_that_are_missing_are_known_with_the_reason(ways: dict[str, scenarios.Contestant]) -> None:
    assert ways[RUFF].prepare() == ["ruff", "check", "--isolated", "--no-cache", "--select", "E711", "."]
    assert [ways[name].absent for name in (RUFF, *scenarios.PEERS)] == ["", *["cannot be installed"] * 3]


def test_a_tool_is_installed_once_and_failure_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, ...]] = []

    def call(*words: str) -> None:
        calls.append(words)
        if "gone==1" in words:
            raise NotInstalled("cannot be installed: no such version")
        (tmp_path / "there-1" / "bin").mkdir(parents=True, exist_ok=True)
        if "install" in words:
            (tmp_path / "there-1" / "bin" / "run").touch()

    monkeypatch.setattr(tools, "_call", call)
    tool = Tool("there", "1", (".",), program="run")
    assert tools.install(tool, tmp_path) == tools.install(tool, tmp_path) == tmp_path / "there-1" / "bin" / "run"
    assert [words[-1] for words in calls] == [str(tmp_path / "there-1"), "there==1"]
    with pytest.raises(NotInstalled, match="no such version"):
        tools.install(Tool("gone", "1", ()), tmp_path)
    assert not (tmp_path / "gone-1").exists()


def test_the_reason_of_a_failure_is_its_last_error(tmp_path: Path) -> None:
    program = "import sys; print('ERROR: first\\nERROR: no such version\\nhint', file=sys.stderr); sys.exit(1)"
    with pytest.raises(NotInstalled) as raised:
        tools._call(sys.executable, "-c", program)
    assert str(raised.value) == "cannot be installed: no such version"


def test_reasons_hold_no_places() -> None:
    text = "no such file: /tmp/work/tree/a.py, see https" + "://example.org/help and /opt/tools/bin/x; 1/2 and a/b stay"
    told = without_places(text, Path("/tmp/work"))
    assert told == "no such file: .../tree/a.py, see (an address) and (a path); 1/2 and a/b stay"


def test_what_is_written_is_complete(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--write", "--sizes", "1000"])
    assert "--write needs the default --sizes" in capsys.readouterr().err
    arguments = command._arguments(["--tree", "somewhere", "--write"])
    assert tuple(arguments.sizes) == SIZES
    assert command._command(arguments) == "python -m benchmarks --tree FOLDER --runs 5 --slow-runs 3 --write"
