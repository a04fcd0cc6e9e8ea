"""What a run reads and reports: projects, partial runs, standard input, the cache, the API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import oailint.project.meaning
from oailint import workers
from oailint.analysis import with_fingerprints, with_scopes
from oailint.cache import Cache
from oailint.config import Config, ConfigError
from oailint.facts import Broken, FileFacts, Span
from oailint.findings import Confidence, Finding, Location, Severity
from oailint.syntax.extract import extract

REQUEST = "request()\n"


def write(path: str, text: str | bytes = REQUEST) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text if isinstance(text, bytes) else text.encode())


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    class Stdin:
        class buffer:
            @staticmethod
            def read() -> bytes:
                return data

    monkeypatch.setattr(sys, "stdin", Stdin)


# --- projects -----------------------------------------------------------------------------------------------------


def test_only_named_files_are_reported_but_all_are_read(run: Any) -> None:
    write("setup.py", "x = 1\n")
    write("app/a.py", "shared()\n")
    write("lib/b.py", "def shared(): ...\nrequest()\n")
    write("lib/broken.py", "def (:\n")
    write("lib/bad.py", b"# coding: klingon\n")
    result = run("--output-format", "json", "app/a.py")
    data = json.loads(result.out)
    assert (result.code, result.err) == (1, "")
    assert data["summary"]["files"] == 1
    [finding] = data["findings"]
    assert (finding["rule"], finding["path"]) == ("OAI401", "app/a.py")
    assert [place["path"] for place in finding["related"]] == ["lib/b.py"]


def test_a_file_that_is_not_reported_and_cannot_be_read_is_told_when_verbose(run: Any) -> None:
    write("setup.py", "")
    write("a.py", "x = 1\n")
    write("bad.py", b"# coding: klingon\n")
    result = run("--verbose", "a.py")
    assert result.code == 0
    assert "bad.py:1: not analysed: declares the unknown encoding 'klingon'" in result.err


def test_projects_do_not_mix(run: Any) -> None:
    write("one/pyproject.toml", "")
    write("one/a.py", "shared()\n")
    write("two/pyproject.toml", "")
    write("two/b.py", "def shared(): ...\n")
    assert run(".").code == 0
    write("one/c.py", "def shared(): ...\n")
    assert run(".").code == 1


def test_a_lone_file_has_the_modules_beside_it(run: Any, tmp_path: Path) -> None:
    write("a.py", "shared()\n")
    write("b.py", "def shared(): ...\n")
    write("deep/c.py", "request()\n")
    assert run("-q", "a.py").lines == ["a.py:1:1: OAI401 reaches a request"]
    write("b.py", "")
    write("deep/c.py", "def shared(): ...\n")
    assert run("-q", "a.py").lines == []
    assert run("-q", ".").lines == ["a.py:1:1: OAI401 reaches a request"]


def test_a_home_folder_is_never_read_whole(run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write("pyproject.toml", "")
    write("a.py", "shared()\n")
    write("other/b.py", "def shared(): ...\n")
    assert run("-q", "a.py").lines == []


def test_paths_are_relative_to_the_working_directory(run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write("pkg/setup.py", "")
    write("pkg/sub/a.py")
    write("elsewhere.py", "")
    assert run("-q", "pkg").lines[0].startswith("pkg/sub/a.py:1:1:")
    monkeypatch.chdir("pkg/sub")
    assert run("-q", "..").lines[0].startswith("a.py:1:1:")
    monkeypatch.chdir(tmp_path / "pkg")
    write("../outside.py")
    assert run("-q", "../outside.py").lines[0].startswith(f"{tmp_path}/outside.py:1:1:")


def test_findings_are_in_order_whatever_the_order_of_paths(run: Any) -> None:
    write("b.py", "x = 1\nrequest()\nrequest()\n")
    write("a/c.py")
    expected = ["a/c.py:1:1", "b.py:2:1", "b.py:3:1"]
    assert [line.split(": ")[0] for line in run("-q", "b.py", "a").lines] == expected


def test_import_roots_are_handed_on_relative_to_the_project(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    real = oailint.project.meaning.link

    def link(files: Any, config: Config, **_: Any) -> Any:
        seen.append((sorted(files), config.src))
        return real(files, config)

    monkeypatch.setattr("oailint.project.meaning.link", link)
    write("oailint.toml", "src = ['lib', 'sub/python']\n")
    write("sub/setup.py", "")
    write("a.py", "")
    run(".")
    assert seen == [(["a.py"], ("lib", "sub/python")), (["setup.py"], ("../lib", "python"))]


# --- bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"def (:\n", None),
        (b"print 'python 2'\n", None),
        (b"x = 1\n\0\n", "2:1"),
        (b"ok\n  '\xff'\n", "2:4"),
        (b"# coding: ascii\n'\xff'\n", "2:2"),
        ("x = 1\n".encode("utf-16"), "1:1"),
    ],
)
def test_what_python_rejects_is_a_finding(run: Any, data: bytes, place: str | None) -> None:
    write("a.py", data)
    write("b.py")
    result = run()
    assert (result.code, result.err) == (1, "")
    assert " OAI001 " in result.lines[0]
    assert result.lines[1].startswith("b.py:1:1: OAI101")
    if place:
        assert result.lines[0].startswith(f"a.py:{place}:")


def test_an_unknown_codec_is_a_problem(run: Any) -> None:
    write("a.py", b"#!x\n# coding: klingon\n")
    result = run()
    assert result.code == 2
    assert result.err == "a.py:2:1: problem: declares the unknown encoding 'klingon'\n"


@pytest.mark.parametrize("data", [b"", b"\n", b"# only a comment", b"\xef\xbb\xbf", b"\x0c\n", b"\r\r\r"])
def test_files_with_nothing_in_them(run: Any, data: bytes) -> None:
    write("a.py", data)
    assert run().out == "Found no findings in 1 file.\n"


@pytest.mark.parametrize(
    "data",
    [
        b"x = 1\r\n\r\nrequest()\r\n",
        b"x = 1\r\rrequest()\r",
        b"\xef\xbb\xbfx = 1\n\nrequest()",
        b"x = 1\n\n\x0crequest()",
        b"# coding: latin-1\nx = '\xe4'\nrequest()\n",
    ],
)
def test_lines_are_counted_as_python_does(run: Any, data: bytes) -> None:
    write("a.py", data)
    for name in ("concise", "full"):
        assert ":3:" in run("--output-format", name).out
        assert "OAI101" in run("--output-format", name).out


def test_a_file_without_permission(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.py")
    write("b.py")
    real = os.open

    def refuse(path: Any, *rest: Any, **named: Any) -> Any:
        if str(path).endswith("b.py"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)
    result = run()
    assert result.code == 2
    assert result.err == "b.py:1:1: problem: could not be read: Permission denied\n"
    assert result.lines[0].startswith("a.py:1:1: OAI101")


def test_a_parser_that_crashes_is_a_problem_of_one_file(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.py", "crash = 1\n")
    write("b.py")
    program = (
        "import os, sys\nsys.path[:] = sys.argv[1:]\n"
        "from oailint.syntax.extract import extract\nfrom oailint.workers import serve\n"
        "serve(lambda text: os.abort() if 'crash' in text else extract(text, max_size=None))"
    )
    monkeypatch.setattr(workers, "FEW_FILES", 0)
    monkeypatch.setattr(workers, "own_command", lambda entry: [sys.executable, "-c", program, *sys.path])
    result = run("--jobs", "2")
    assert result.code == 2
    assert result.err == "a.py:1:1: problem: the parser crashed on this file\n"
    assert result.lines[0].startswith("b.py:1:1: OAI101")


def test_many_files_are_read_by_workers_and_in_order(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(workers.FEW_FILES + 5):
        write(f"m{number:02}.py", "\n" * number + "request()\n")
    here = run("--no-cache", "-q", "--jobs", "2")
    assert [line.split(": ")[0] for line in here.lines] == [
        f"m{number:02}.py:{number + 1}:1" for number in range(workers.FEW_FILES + 5)
    ]
    monkeypatch.setattr(workers, "FEW_FILES", 1000)
    assert run("--no-cache", "-q").out == here.out


# --- suppression --------------------------------------------------------------------------------------------------


def test_suppressed_findings_are_counted(run: Any) -> None:
    write("a.py", "request()  # oailint: ignore[OAI101] -- fine\nrequest(  # noqa: OAI101\n    1,\n)\nrequest()\n")
    result = run("--output-format", "json")
    data = json.loads(result.out)
    assert data["summary"] == {"files": 1, "findings": 1, "suppressed": 2, "baselined": 0, "fixed": 0}
    report = oailint.lint(["a.py"])
    assert [one.location.span.line for one in report.suppressed] == [1, 2]


def test_an_unused_suppression_is_a_finding_of_the_rules_that_ran(run: Any) -> None:
    write("a.py", "x = 1  # oailint: ignore[OAI101]\n")
    assert run("-q").lines == ["a.py:1:8: OAI002 [*] suppression: `OAI101` has nothing to suppress here"]
    assert run("-q", "--ignore", "OAI101").lines == []
    assert run("-q", "--select", "OAI101").lines == []


# --- standard input -----------------------------------------------------------------------------------------------


def test_standard_input(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"shared()\nrequest()\n")
    write("b.py", "def shared(): ...\n")
    assert run("-q", "-").lines == ["-:2:1: OAI101 nothing retries `request`"]


def test_standard_input_takes_the_place_of_a_file(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"shared()\n")
    write("setup.py", "")
    write("pkg/a.py", "request()\n")
    write("b.py", "def shared(): ...\n")
    for name in ("pkg/a.py", "pkg/new.py"):
        result = run("-q", "-", "--stdin-filename", name)
        assert result.lines == [f"{name}:1:1: OAI401 reaches a request"]
        assert "shared()" in run("-", "--stdin-filename", name, "--output-format", "full").out


def test_standard_input_is_decoded_like_a_file(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"'\xff'\n")
    assert run("-q", "-").lines[0].startswith("-:1:2: OAI001")


# --- cache --------------------------------------------------------------------------------------------------------


def test_a_warm_run_reads_the_cache(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.py")
    write("broken.py", "def (:\n")
    cold = run("--cache-dir", "cache")
    monkeypatch.setattr("oailint.loading.extract_packed", None)
    warm = run("--cache-dir", "cache")
    assert (warm.code, warm.out) == (cold.code, cold.out)
    assert run("--cache-dir", "cache", "--no-cache").code == 2  # which is the missing extractor


def test_a_warm_run_does_not_load_the_parser(child_environment: dict[str, str]) -> None:
    write("a.py", "x = 1\n")
    program = (
        "import sys\n"
        "from oailint.loading import Item, load\nfrom oailint.cache import Cache\n"
        "load([Item(sys.argv[1], None, Cache('cache'))])\nprint('oailint.syntax.nodes' in sys.modules)"
    )
    command = [sys.executable, "-c", program, os.path.abspath("a.py")]
    seen = [
        subprocess.run(command, env=child_environment, capture_output=True, text=True, check=True).stdout.strip()
        for _ in range(2)
    ]
    assert seen == ["True", "False"]


def test_no_cache_writes_nothing(run: Any) -> None:
    write("a.py")
    run("--no-cache", "--cache-dir", "cache")
    assert not Path("cache").exists()
    assert not Path.home().joinpath(".cache").exists()


def test_the_configured_cache_folder(run: Any) -> None:
    write("sub/oailint.toml", "cache-dir = '.kept'\n")
    write("sub/a.py")
    run("sub")
    assert Path("sub/.kept/CACHEDIR.TAG").exists()
    run("--cache-dir", "other", "sub")
    assert Path("other/CACHEDIR.TAG").exists()


def test_a_damaged_cache_changes_nothing(run: Any) -> None:
    write("a.py")
    cold = run("--cache-dir", "cache")
    for path in Path("cache").rglob("*"):
        if path.is_file():
            path.write_bytes(b"\x93\x00")
    assert run("--cache-dir", "cache").out == cold.out


def test_no_secret_gets_into_the_cache(run: Any) -> None:
    key, password = "sk-" + "a1B2" * 12, "open" + "sesame"
    write("a.py", f'import x\nx.api_key = "{key}"\nx.run(password="{password}")\n# noqa\n')
    run("--cache-dir", "cache")
    kept = b"".join(path.read_bytes() for path in Path("cache").rglob("*") if path.is_file())
    assert b"api_key" in kept
    assert key.encode() not in kept
    assert b'"' + password.encode() not in kept


# --- the API ------------------------------------------------------------------------------------------------------


def test_lint(tmp_path: Path) -> None:
    write("a.py")
    report = oailint.lint([tmp_path / "a.py"])
    assert [(one.code, one.location.path) for one in report.findings] == [("OAI101", "a.py")]
    assert report.statistics.files == 1
    assert oailint.lint(["a.py"], config=Config(ignore=("OAI101",))).findings == []
    assert [one.message for one in oailint.lint(["gone.py"]).problems] == ["does not exist"]
    with pytest.raises(ConfigError):
        oailint.lint(["a.py"], config=Config(ignore=("OAI999",)))


def test_check_source() -> None:
    write("b.py", "def shared(): ...\n")
    report = oailint.check_source("\ufeffshared()\nrequest()\n", filename="pkg/a.py")
    assert [(one.code, one.location.path, one.location.span.line) for one in report.findings] == [
        ("OAI101", "pkg/a.py", 2)
    ]
    assert oailint.check_source("def (:").findings[0].location.path == "<string>"
    assert oailint.check_source("request()", config=Config(ignore=("retry",))).findings == []


def test_what_is_public() -> None:
    assert sorted(oailint.__all__) == ["Session", "__version__", "check_source", "fix_source", "lint"]
    with pytest.raises(AttributeError):
        oailint.nothing  # noqa: B018


# --- fingerprints -------------------------------------------------------------------------------------------------


def made(line: int, path: str = "a.py", subject: str = "x", code: str = "OAI101") -> Finding:
    place = Location(path, Span(line, 1, line, 2))
    return Finding(code, "name", "retry", Severity.ERROR, Confidence.HIGH, "message", place, subject)


def prints(*findings: Finding) -> list[str]:
    return [one.fingerprint for one in with_fingerprints(findings)]


def test_fingerprints_do_not_depend_on_lines() -> None:
    assert prints(made(1), made(5)) == prints(made(11), made(70))
    assert prints(made(5), made(1)) == prints(made(1), made(5))[::-1]
    assert all(len(one) == 16 and set(one) <= set("0123456789abcdef") for one in prints(made(1)))


def test_fingerprints_differ_where_findings_do() -> None:
    assert len({*prints(made(1), made(2), made(3, "b.py"), made(4, subject="y"), made(5, code="OAI102"))}) == 5


def test_suppressing_a_finding_leaves_the_fingerprints_of_others() -> None:
    before = [one.fingerprint for one in oailint.check_source("request()\nrequest()\n").findings]
    after = oailint.check_source("request()  # oailint: ignore[OAI101]\nrequest()\n")
    assert [one.fingerprint for one in [*after.suppressed, *after.findings]] == before


def test_a_broken_file_keeps_its_reason_out_of_the_cache(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "cache"))
    cache.put(cache.key(b""), Broken("crashed", 1, 1, False))
    assert not (tmp_path / "cache").exists()


SCOPES = """\
request()  #
class A:
    request()  # A
    def f(self):
        def g():
            return [request() for x in y if x]  # A.f.g
        request()  # A.f
        return lambda: request()  # A.f
    request()  # A
@d
@d(request())  #
def h(a=request()):  # h
    '''A text.'''
    async def k():
        for x in request():  # h.k
            pass
        else:
            request()  # h.k
    with request() as z: request()  # h
    try:
        pass
    finally: request()  # h
x = [
    request(),  #
]
"""


def test_scopes_are_named() -> None:
    facts = extract(SCOPES)
    assert isinstance(facts, FileFacts)
    expected = {}
    for number, line in enumerate(SCOPES.splitlines(), 1):
        code, mark, name = line.partition("#")
        if mark:
            expected[number, code.index("request") + 1] = name.strip()
    places = [Location("a.py", Span(line, column, line, column + 9)) for line, column in expected]
    found = [
        Finding("OAI101", "n", "retry", Severity.ERROR, Confidence.HIGH, "text", place, "request") for place in places
    ]
    assert [one.scope for one in with_scopes(found, facts)] == list(expected.values())
    assert with_scopes(found, FileFacts(facts.scopes[:1], (), ()))[-1].scope == ""


def test_fingerprints_do_not_depend_on_other_files_nor_on_the_folder(run: Any, tmp_path: Path) -> None:
    def prints(folder: str, *words: str) -> dict[str, list[str]]:
        data = json.loads(run("--output-format", "json", *words, folder).out)
        found: dict[str, list[str]] = {}
        for one in data["findings"]:
            found.setdefault(os.path.basename(one["path"]), []).append(one["fingerprint"])
        return found

    text = "request()\n\n\ndef f():\n    request()\n"
    for folder in ("here", "there/deep"):
        write(f"{folder}/pyproject.toml", "")
        write(f"{folder}/m.py", text)
    before = prints("here")
    assert len(set(before["m.py"])) == 2
    assert prints("there/deep") == before
    for name in ("a.py", "z.py", "n/m2.py"):
        write(f"here/{name}", text)
    assert prints("here")["m.py"] == prints("here/m.py")["m.py"] == before["m.py"]
    write("here/m.py", f"# moved\n\n{text}\n")
    assert prints("here", "--jobs", "2")["m.py"] == before["m.py"]
