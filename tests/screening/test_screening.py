"""What is passed over unparsed changes nothing that is reported."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import oailint.run
from oailint.config import Config
from oailint.facts import PASSED_OVER, Broken, FileFacts, Import
from oailint.findings import Report
from oailint.project.components import components
from oailint.run import execute
from oailint.screening import Screen, imported
from oailint.settings import Options
from oailint.syntax.extract import extract
from oailint.syntax.glance import glance

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

import rule_documents  # noqa: E402

CASES = [case for path in sorted(rule_documents.FOLDER.glob("*.md")) for case in rule_documents.read(path).cases]
PROJECTS = sorted(path for path in (TESTS / "projects").glob("*/*") if path.is_dir() and path.name != "__pycache__")
REAL = sorted([*Path(oailint.run.__file__).parent.rglob("*.py"), *TESTS.glob("*/*.py"), *PROJECTS[0].rglob("*.py")])


def both(paths: list[str], **options: object) -> tuple[Report, Report]:
    """The reports on ``paths`` with the screen and without."""
    with_screen, without = (
        execute(paths, Options(use_cache=False, screen=screen, **options)).report  # type: ignore[arg-type]
        for screen in (True, False)
    )
    return with_screen, without


def assert_same(paths: list[str], **options: object) -> Report:
    one, other = both(paths, **options)
    assert one.findings == other.findings
    assert one.suppressed == other.suppressed
    assert one.problems == other.problems
    assert one.notes == other.notes
    return one


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_reports_on_small_projects_are_equal(tmp_path: Path) -> None:
    for idiom in PROJECTS:
        shutil.copytree(idiom, tmp_path / f"{idiom.parent.name}_{idiom.name}")
    report = assert_same(["."], verbose=True)
    assert len(report.findings) > 100


def test_reports_on_the_cases_of_documents_are_equal(tmp_path: Path) -> None:
    for number, case in enumerate(CASES):
        write(tmp_path / f"case{number}", {"pyproject.toml": "", **case.plain()})
    report = assert_same(["."], verbose=True)
    assert {one.code for one in report.findings} >= {"OAI001", "OAI002", "OAI101", "OAI201", "OAI301", "OAI401"}


def test_reports_on_suppressed_cases_are_equal(tmp_path: Path) -> None:
    for number, case in enumerate(CASES):
        write(tmp_path / f"case{number}", {"pyproject.toml": "", **case.suppressed()})
    assert len(assert_same(["."]).suppressed) > 100


QUIET = "def add(a, b):\n    return a + b\n"
CALL = "import openai\n\nclient = openai.OpenAI()\nclient.chat.completions.create(model='m', messages=[])\n"


def passed_over(files: Mapping[str, str], config: Config | None = None, broken: tuple[str, ...] = ()) -> set[str]:
    screen = Screen({name: text.encode() for name, text in files.items()}, config or Config())
    return screen.passed_over(broken)


def test_files_without_a_word_of_openai_are_passed_over() -> None:
    assert passed_over({"a.py": QUIET, "b.py": "import a\n", "c.py": CALL}) == {"a.py", "b.py"}


@pytest.mark.parametrize(
    "caller",
    [
        "import ask\n",
        "x = 1; import ask\n",
        "if True: import os, ask\n",
        "from ask import (  # ) not the end\n    client,\n)\n",
        "from \\\n    ask import client\n",
        "import os, \\\n    ask as other\n",
        "def f():\n\tfrom .ask import client\n",
        "from . import (os,\n    ask)\n",
        "from.import ask\n",
        "from ask import*\n",
    ],
)
def test_what_imports_a_file_that_matters_matters(caller: str) -> None:
    assert passed_over({"ask.py": CALL, "caller.py": caller, "other.py": QUIET}) == {"other.py"}


def test_what_a_file_that_matters_imports_matters() -> None:
    assert passed_over({"a.py": f"import b\n{CALL}", "b.py": "import c\n", "c.py": QUIET, "d.py": QUIET}) == {"d.py"}


@pytest.mark.parametrize(
    "text",
    [
        "ask_it()  # my_requests\ndef my_send(): pass\n",
        "x = requests.post(host + '/chat/completions')\n",
        "key = 's" + "k-'\n",
        "def f(client):\n    return client.embeddings.create(input='x')\n",
        "from tenacity import retry\n",
        "try:\n    f()\nexcept Exception as e:\n    retry = 'Rate limit' in str(e)\n",
        "x = 1  # oailint: ignore[OAI101]\n",
        "x = 1  # NOQA: OAI101\n",
        "llm(azure_ad_token=token)\n",
        "from agents import Runner\n",
    ],
)
def test_words_that_tell(text: str) -> None:
    assert passed_over({"a.py": text, "b.py": QUIET}, Config(requests=("pkg.my_send",))) == {"b.py"}


@pytest.mark.parametrize(
    "text", ["x = 1  # noqa: E501\n", "task = 'task-1'\n", "def f(client):\n    client.create()\n"]
)
def test_words_that_do_not_tell(text: str) -> None:
    assert passed_over({"a.py": text}) == {"a.py"}


def test_the_names_of_a_method_may_stand_in_several_files() -> None:
    files = {"a.py": "import b\nb.api.create()\n", "b.py": "api = make().embeddings\n"}
    assert passed_over(files) == set()
    assert passed_over({**files, "a.py": "b.api.create()\n"}) == {"a.py", "b.py"}


def test_what_is_passed_over_is_read_all_the_same(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "pyproject.toml": "",
        "ask.py": CALL,
        "quiet.py": QUIET,
        "old.py": "print 'x'\n",
        "nul.py": b"x = 1\n\0",
        "bytes.py": b"x = '\xff'\n",
        "deep.py": f"x = {'[' * 300}{']' * 300}\n",
        "long.py": f"x = {'+'.join('a' * 999)}\n",
        "return.py": "return 1\n",
    }
    write(tmp_path, files)
    report = assert_same(["."], verbose=True)
    assert [one.location.path for one in report.findings if one.code == "OAI001"] == [
        "bytes.py", "deep.py", "nul.py", "old.py",
    ]  # fmt: skip
    assert [one.path for one in report.problems] == ["long.py"]


def test_a_file_that_cannot_be_read_changes_what_an_import_means(tmp_path: Path) -> None:
    """``import tool`` means ``src/tool.py`` where ``tool.py`` is no Python."""
    loop = "import tool\nfor item in items:\n    tool.go(item)\n"
    sender = CALL + "def go(item):\n    client.chat.completions.create(model='m', messages=[item])\n"
    write(tmp_path, {"pyproject.toml": "", "loop.py": loop, "tool.py": "print 'x'\n", "src/tool.py": sender})
    report = assert_same(["."])
    assert ("loop.py", "OAI401") in [(one.location.path, one.code) for one in report.findings]


def test_nothing_is_parsed_where_nothing_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"pyproject.toml": "", "a.py": QUIET, "b.py": "import a\n"})
    monkeypatch.setattr("oailint.syntax.extract.extract", None)
    assert execute(["."], Options(use_cache=False)).report.statistics.files == 2
    with pytest.raises(TypeError):
        execute(["."], Options(use_cache=False, screen=False))


def test_the_cache_tells_files_that_were_passed_over_from_the_others(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "", "a.py": QUIET, "bad.py": "print 'x'\n"})
    options = Options(cache_dir="cache")
    assert len(execute(["."], options).report.findings) == 1
    assert len(execute(["."], options).report.findings) == 1
    write(tmp_path, {"ask.py": f"from a import add\n{CALL}add(1, 2)\n"})
    changed = execute(["."], options).report
    assert changed.findings == execute(["."], Options(use_cache=False, screen=False)).report.findings
    assert len(changed.findings) > 1


def test_files_that_matter_are_linked_as_ever(tmp_path: Path) -> None:
    facts: dict[str, FileFacts | Broken] = {"a.py": PASSED_OVER, "b.py": extract(CALL), "pkg/c.py": PASSED_OVER}
    assert components(facts, ()).paths == [["a.py"], ["b.py"], ["pkg/c.py"]]


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_all_imports_of_real_files_are_seen(path: Path) -> None:
    text = path.read_bytes().decode()
    facts = extract(text)
    assert isinstance(facts, FileFacts)
    written = {
        (one.module, one.name, one.level)
        for scope in facts.scopes
        for one in scope.statements
        if isinstance(one, Import)
    }
    assert written <= {(one.module, one.name, one.level) for one in imported(text)}


@pytest.mark.parametrize("text", ["", "x = 1\n", "'\\d'\n", "return 1\n", "def f():\n    global x\n    x = 1\n"])
def test_a_glance_at_what_can_be_read(text: str) -> None:
    assert glance(text) is PASSED_OVER
    assert isinstance(extract(text), FileFacts)


@pytest.mark.parametrize("text", ["x = (\n", "print 'x'\n", "x = 1\0", "except:\n", "x = " + "-" * 9999 + "1\n"])
def test_a_glance_at_what_cannot_be_read(text: str) -> None:
    found = glance(text)
    assert isinstance(found, Broken)
    assert found == extract(text)
