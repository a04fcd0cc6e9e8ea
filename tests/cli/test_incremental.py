"""What is remembered of projects: the same findings in every mode, no parser where nothing changed, and damage."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from oailint import incremental, recording, results
from oailint.cache import Cache
from oailint.results import State
from oailint.run import Outcome, execute, lint
from oailint.session import Session
from oailint.settings import Options

PROJECTS = Path(__file__).parents[1] / "projects"
NAMES = sorted(one.name for one in PROJECTS.iterdir() if any(one.glob("*.py")) or any(one.glob("*/*.py")))


@pytest.fixture(autouse=True)
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The real rules, in place of those that the other tests of this folder run on."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "user"))
    yield


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Some projects of several files, as one."""
    root = tmp_path / "tree"
    for name in NAMES[::6]:
        shutil.copytree(PROJECTS / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "*.json", "*.toml"))
    (root / "setup.py").write_text("")
    return root


def options(**more: object) -> Options:
    return Options(**{"cache_dir": "cache", **more})  # type: ignore[arg-type]


def told(outcome: Outcome) -> object:
    report = outcome.report
    shown = sorted({one.location.path for one in (*report.findings, *report.suppressed)})
    figures = (report.statistics.files, report.problems, report.warnings)
    return report.findings, report.suppressed, report.baselined, figures, [outcome.excerpts.lines(one) for one in shown]


def check(*paths: str, **more: object) -> object:
    return told(execute(paths or ("tree",), options(**more)))


def fresh(*paths: str, **more: object) -> object:
    return check(*paths, use_cache=False, **more)


def entry() -> Path:
    """The one state that is kept."""
    found = [path for path in Path("cache").glob("??/*") if path.read_bytes().startswith(b"oailint results")]
    assert len(found) == 1
    return found[0]


def linked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Fills with the files of each call of the linker."""
    import oailint.project.meaning

    calls: list[list[str]] = []
    real = oailint.project.meaning.link

    def link(files: dict[str, object], *words: object, **more: object) -> object:
        calls.append(sorted(files))
        return real(files, *words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(oailint.project.meaning, "link", link)
    return calls


def test_there_is_something_to_find(tree: Path) -> None:
    assert len(fresh()[0]) > 20  # type: ignore[index]


def test_every_mode_tells_the_same(tree: Path) -> None:
    cold = fresh()
    assert check() == cold
    assert check() == cold
    assert check(jobs=1) == cold
    assert check(verbose=True) == cold
    file = next(one for one in sorted(tree.rglob("*.py")) if "openai" in one.read_text())
    text = file.read_text()
    file.write_text("import time\n" + text)
    changed = fresh()
    assert changed != cold
    assert check() == changed == check()
    file.write_text(text)
    assert check() == cold == check()


def test_random_edits(tree: Path) -> None:
    chance = random.Random(7)
    files = sorted(tree.rglob("*.py"))
    first = {file: file.read_text() for file in files}
    session = Session(["tree"])
    for _ in range(12):
        file = chance.choice(files)
        kind = chance.randrange(5)
        if kind == 0:
            file.write_text(first[file])
        elif kind == 1:
            file.write_text("".join(line for line in first[file].splitlines(True) if chance.random() < 0.9))
        elif kind == 2:
            file.unlink(missing_ok=True)
        elif kind == 3:
            file.write_text("import openai\nopenai.OpenAI(max_retries=0).models.list()\n" + first[file])
        else:
            file.write_text(first[file] + "\n# oailint: ignore[OAI101]\n")
        expected = fresh()
        assert check() == expected
        session.update(file, file.read_text() if file.exists() else None)
        assert told(session.outcome()) == expected


def test_a_session_works_on_texts_in_memory(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cold = fresh()
    session = Session(["tree"])
    assert session.check().findings == cold[0]  # type: ignore[index]
    before = sorted(Path("user").rglob("*"))
    assert before
    file = next(one for one in sorted(tree.rglob("*.py")) if "openai" in one.read_text())
    text = file.read_text()
    chance = random.Random(5)
    calls = linked(monkeypatch)
    for _ in range(6):
        lines = [line for line in text.splitlines(True) if chance.random() < 0.9]
        report = session.update(file, "".join(lines))
        assert file.read_text() == text
        file.write_text("".join(lines))
        assert report.findings == fresh()[0]  # type: ignore[index]
        file.write_text(text)
    assert session.update(file, None).findings == cold[0]  # type: ignore[index]
    assert min(map(len, calls)) < len(list(tree.rglob("*.py"))) / 2
    new = tree / "new.py"
    assert len(session.update(new, "import openai\nopenai.Model.list(api_base=1)\n").findings) >= len(cold[0])  # type: ignore[index]
    assert session.update(new, None).findings == cold[0]  # type: ignore[index]
    assert sorted(Path("user").rglob("*")) == before


def test_what_was_passed_over_comes_to_matter(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "setup.py").write_text("")
    plain = "def ask(text):\n    return text\n"
    sends = "def ask(text):\n    import openai\n    return openai.OpenAI().models.retrieve(text)\n"
    (root / "inner.py").write_text(plain)
    (root / "outer.py").write_text("from inner import ask\n\nfor text in open('x'):\n    ask(text)\n")
    (root / "other.py").write_text("import openai\nopenai.OpenAI().models.list()\n")
    session = Session(["tree"])
    cold = check()
    assert told(session.outcome()) == cold == fresh()
    (root / "inner.py").write_text(sends)
    changed = fresh()
    assert changed != cold
    assert check() == changed == check()
    session.update(root / "inner.py", sends)
    assert told(session.outcome()) == changed
    (root / "oailint.toml").write_text("per-file-ignores = {'outer.py' = ['ALL']}\n")
    assert check() == fresh() != changed
    (root / "oailint.toml").unlink()
    (root / "inner.py").write_text(plain)
    assert check() == cold == check()
    session.update(root / "inner.py", None)
    assert told(session.outcome()) == cold


def test_one_changed_file_links_its_part_only(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check()
    calls = linked(monkeypatch)
    check()
    assert calls == []
    file = next(one for one in sorted(tree.rglob("*.py")) if "openai" in one.read_text())
    file.write_text(file.read_text() + "\nX = 1\n")
    check()
    (files,) = calls
    assert file.relative_to(tree).as_posix() in files
    assert len(files) < len(list(tree.rglob("*.py"))) / 2
    assert {Path(one).parts[0] for one in files} == {file.relative_to(tree).parts[0]}


def test_the_same_state_serves_a_hook(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = next(one for one in sorted(tree.rglob("*.py")) if "openai" in one.read_text())
    name = os.path.relpath(file)
    cold = fresh(name)
    check()
    calls = linked(monkeypatch)
    assert check(name) == cold
    assert calls == []


def test_what_decides_is_part_of_the_key(tree: Path) -> None:
    check()
    settings = tree / "oailint.toml"
    for text in (
        "ignore = ['OAI101']",
        "per-file-ignores = {'*.py' = ['OAI4']}",
        "retries = ['guarded.ask']",
        "clients = ['helpers.Client']",
        "min-severity = 'error'",
        "backoff = 'sdk'",
        "src = ['lib']",
        "",
    ):
        settings.write_text(text)
        assert check() == fresh() == check(), text


def test_another_engine_is_another_state(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check()
    calls = linked(monkeypatch)
    monkeypatch.setattr(results, "engine", lambda: b"another")
    check()
    assert len(calls) == 1


def test_a_file_that_the_parser_gave_up_on_is_tried_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from oailint import workers
    from oailint.facts import Broken

    file = next(one for one in sorted(tree.rglob("*.py")) if "openai" in one.read_text())
    text = file.read_text()

    def crash(given: str) -> object:
        from oailint.syntax.extract import extract

        return Broken("the parser crashed on this file", 1, 1, False) if given == text else extract(given)

    with monkeypatch.context() as patch:
        patch.setattr(workers, "_extractor", lambda: crash)
        patch.setattr(workers, "FEW_FILES", 10_000)
        assert len(execute(["tree"], options()).report.problems) == 1
        assert len(execute(["tree"], options()).report.problems) == 1
    assert check() == fresh()


def test_secrets_stay_painted_over(tmp_path: Path) -> None:
    key = "sk-proj-" + "".join(random.Random(3).choices("abcdefghijkABCDEFGH0123456789", k=48))
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a.py").write_text(f"import openai\nclient = openai.OpenAI(api_key='{key}')\n")
    cold = fresh()
    assert cold[0] and "****" in str(cold[4])  # type: ignore[index]
    assert check() == cold == check()
    assert key not in str(check())
    assert all(key.encode() not in path.read_bytes() for path in Path("cache").rglob("*") if path.is_file())


def test_a_warm_run_loads_no_parser(tree: Path) -> None:
    program = (
        "import sys\nfrom oailint.cli import main\ntry: main(['--cache-dir', 'cache', '-q', 'tree'])\n"
        "except SystemExit: pass\nprint('\\n'.join(sys.modules))"
    )

    def loaded() -> tuple[set[str], str]:
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        found, _, modules = done.stdout.partition("sys\n")
        return set(modules.split()), found

    cold, first = loaded()
    warm, second = loaded()
    assert "OAI101" in first
    assert first == second
    assert "oailint.project.linking" in cold
    assert {name for name in warm if name.split(".")[0] == "libcst"} == set()
    assert {name for name in warm if name.split(".")[:2] in (["oailint", "syntax"], ["oailint", "project"])} == set()


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(bytes(data))


def _randomise(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(5000))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _signed(path: Path, payload: bytes) -> None:
    import hashlib

    path.write_bytes(b"oailint results 1\n" + hashlib.sha256(payload).digest() + payload)


def _huge_lengths(path: Path) -> None:
    _signed(path, b"\x98" + b"\xdd\xff\xff\xff\xff" + b"\xdb\xff\xff\xff\xff")


def _deep(path: Path) -> None:
    _signed(path, b"\x91" * 100_000)


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"oailint results 1\n")
        file.truncate(2_000_000_000)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _link(path: Path) -> None:
    other = path.with_name("other")
    path.rename(other)
    path.symlink_to(other.name)


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGES = [_truncate, _flip, _randomise, _empty, _huge_lengths, _deep, _large, _folder, _link, _fifo]


@pytest.mark.parametrize("damage", DAMAGES, ids=[one.__name__ for one in DAMAGES])
def test_damage_is_as_good_as_nothing(tree: Path, damage: object, monkeypatch: pytest.MonkeyPatch) -> None:
    cold = check()
    damage(entry())  # type: ignore[operator]
    calls = linked(monkeypatch)
    assert check() == cold
    assert len(calls) == 1


def _change(state: State, **more: object) -> State:
    import msgspec

    return msgspec.structs.replace(state, **more)


def test_what_was_made_up_is_not_believed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cold = check()
    cache = Cache("cache")
    name = "".join(entry().parts[-2:])
    state = results.load(cache, name)
    assert state is not None
    large = next(part for part in state.parts if len(part.found) > 200)
    place = state.parts.index(large)
    found = results.unpack(large.found, frozenset(state.paths))
    path, judged = next(iter(found.judged.items()))

    def with_found(other: results.Found) -> State:
        data = results.pack(other)
        assert data is not None
        part = results.Part(large.key, large.members, data)
        return _change(state, parts=(*state.parts[:place], part, *state.parts[place + 1 :]))

    from msgspec.structs import replace

    from oailint.facts import Span
    from oailint.findings import Location

    one = judged.kept[0]
    far = replace(one, location=Location(path, Span(-(10**15), 1, 10**15, 1)))
    outside = replace(one, related=(results.Related(Location("../../secret.py", one.location.span), "here"),))
    made_up = [
        _change(state, name="0" * 64),
        _change(state, digests=state.digests[:-1]),
        _change(state, parts=state.parts[:-1]),
        _change(state, parts=(results.Part(b"", (10**9,), b""), *state.parts[1:])),
        _change(state, parts=(*state.parts[:place], results.Part(large.key, large.members, b"\xc1"),
                              *state.parts[place + 1 :])),
        with_found(results.Found({path: results.Judged((far,))})),
        with_found(results.Found({path: results.Judged((outside,))})),
        with_found(results.Found({"elsewhere.py": judged})),
    ]  # fmt: skip
    for number, other in enumerate(made_up):
        payload = results._encoder.encode(other)
        _signed(entry(), payload)
        with monkeypatch.context() as patch:
            calls = linked(patch)
            assert check() == cold, number
            assert calls, number


def test_fixes_are_not_made_from_what_is_remembered(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from oailint import repair

    check()
    calls = linked(monkeypatch)
    repair.execute(["tree"], options(), unsafe=False, write=False)
    assert calls


def test_the_state_of_another_project_is_no_state(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check()
    mine = entry()
    data = mine.read_bytes()
    shutil.copytree(tree, "second")
    check("second")
    other = next(path for path in Path("cache").glob("??/*") if path != mine and path.read_bytes()[:7] == data[:7])
    other.write_bytes(data)
    calls = linked(monkeypatch)
    assert check("second") == fresh("second")
    assert len(calls) == 2


def test_two_processes_at_once(tree: Path) -> None:
    command = [sys.executable, "-m", "oailint", "--cache-dir", "cache", "--output-format", "jsonl", "-q", "tree"]
    command[5:7] = ["--output-format", "concise"]
    for _ in range(2):
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
        told = {process.communicate()[0] for process in running}
        assert len(told) == 1
    assert not list(Path("cache").rglob(".tmp-*"))


def test_a_killed_process_leaves_a_cache_that_works(tree: Path) -> None:
    command = [sys.executable, "-m", "oailint", "--cache-dir", "cache", "-q", "tree"]
    cold = fresh()
    for wait in (0.3, 0.6, 0.9, 1.2):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert check() == cold
        shutil.rmtree("cache")


def test_nothing_is_kept_without_a_cache(tree: Path) -> None:
    fresh()
    assert not Path("cache").exists()


def test_a_baseline_holds_for_what_is_taken_over(tree: Path) -> None:
    baseline = str(Path("baseline.json").absolute())
    outcome = execute(["tree"], options(baseline_to_write=baseline))
    recording.record(recording.target(baseline), outcome.report, outcome.seen)
    more = {"overrides": {"baseline": baseline}}
    cold = fresh(**more)
    assert cold[0] == [] and cold[2]  # type: ignore[index]
    assert check(**more) == cold == check(**more)


def test_the_package_lints_the_same(tree: Path) -> None:
    assert lint(["tree"]).findings == lint(["tree"]).findings == fresh()[0]  # type: ignore[index]


def test_settings_that_play_no_part_exist() -> None:
    from msgspec.structs import fields

    from oailint.config import Config

    assert {one.name for one in fields(Config)} >= incremental._ASIDE
