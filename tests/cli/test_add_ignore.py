"""--add-ignore: where suppression comments go, and that nothing else changes."""

from __future__ import annotations

import ast
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from oailint import silencing, suppressions
from oailint.facts import FileFacts, Span
from oailint.findings import Confidence, Finding, Location, Severity
from oailint.sources import writing
from oailint.syntax.extract import extract

MARK = "  # oailint: ignore[OAI101]"
ABOVE = "# oailint: ignore[OAI101]"
LONG = "x" * 70


def write(path: str, text: str | bytes) -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def finding(text: str, offset: int, code: str) -> Finding:
    """A finding on the call ``request(...)`` at ``offset``."""
    end = text.index(")", offset) + 1

    def place(at: int) -> tuple[int, int]:
        before = text[:at].replace("\r\n", "\n").replace("\r", "\n")
        return before.count("\n") + 1, at - max(text.rfind("\n", 0, at), text.rfind("\r", 0, at))

    where = Location("a.py", Span(*place(offset), *place(end)))
    return Finding(code, "name", "retry", Severity.ERROR, Confidence.HIGH, "text", where, "request")


def silenced(text: str, *codes: str) -> str | None:
    """``text`` with each ``request`` in it suppressed for ``codes`` (OAI101 unless given)."""
    found, start = [], text.find("request(")
    while start >= 0:
        found += [finding(text, start, code) for code in codes or ("OAI101",)]
        start = text.find("request(", start + 1)
    facts = extract(text)
    assert isinstance(facts, FileFacts)
    result = silencing.silence(text, facts, found)
    if result is None:
        return None
    new, new_facts = result
    assert extract(new) == new_facts
    if "\r" not in text:
        assert ast.dump(ast.parse(new)) == ast.dump(ast.parse(text))
    return new


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("request()\n", f"request(){MARK}\n"),
        ("request()", f"request(){MARK}"),
        ("request()  \n", f"request()  {ABOVE}\n"),
        ("request() \n", f"request()   {ABOVE}\n"),
        ("if x:\n\trequest()\n", f"if x:\n\trequest(){MARK}\n"),
        ("x = request(\n    1,\n)\n", f"x = request({MARK}\n    1,\n)\n"),
        ("x = [\n    1,\n    request(),\n]\n", f"x = [\n    1,\n    request(),{MARK}\n]\n"),
        # Too long, with a backslash, inside a string: the end of the statement, or the line above.
        (f"{LONG} = request()\n", f"{ABOVE}\n{LONG} = request()\n"),
        (f"if x:\n\t{LONG} = request()\r\n", f"if x:\n\t{ABOVE}\r\n\t{LONG} = request()\r\n"),
        (f"{LONG} = request()", f"{ABOVE}\n{LONG} = request()"),
        (f"{LONG} = request(\n    1\n)\n", f"{LONG} = request(\n    1\n){MARK}\n"),
        ("x = 1 + \\\n    request() + \\\n    2\n", f"x = 1 + \\\n    request() + \\\n    2{MARK}\n"),
        ("x = f'''\n{request()}\n'''\n", f"x = f'''\n{{request()}}\n'''{MARK}\n"),
        ("x = f'''\n{request()}\n''' + '''\n'''\n", f"x = f'''\n{{request()}}\n''' + '''\n'''{MARK}\n"),
        (
            f"if x:\n    y = f'''{{request()}}\n{LONG}{LONG}'''\n",
            f"if x:\n    {ABOVE}\n    y = f'''{{request()}}\n{LONG}{LONG}'''\n",
        ),
        # Nothing but the end is left there: a line above would be part of the line before it.
        (
            f"if x: \\\n    {LONG} = request()\n",
            f"if x: \\\n    {LONG} = request(){MARK}\n",
        ),
        # Comments that are there.
        ("request()  # type: ignore\n", f"request()  # type: ignore{MARK}\n"),
        ("request()  # noqa: E501\n", f"request()  # noqa: E501{MARK}\n"),
        ("request()  # fmt: skip\n", f"{ABOVE}\nrequest()  # fmt: skip\n"),
        ("request()  # a \\\n", f"{ABOVE}\nrequest()  # a \\\n"),
        ("request()  # oailint: ignore\n", f"request()  # oailint: ignore{MARK}\n"),
        ("request()  # oailint: ignore[OAI401]\n", "request()  # oailint: ignore[OAI401, OAI101]\n"),
        ("request()  # oailint: ignore[ OAI401, ]\n", "request()  # oailint: ignore[ OAI401, OAI101, ]\n"),
        (
            "request()  # oailint: ignore[unthrottled-loop] -- why not\n",
            "request()  # oailint: ignore[unthrottled-loop, OAI101] -- why not\n",
        ),
        ("# oailint: ignore[OAI401]\nrequest()\n", "# oailint: ignore[OAI401, OAI101]\nrequest()\n"),
        (
            "x = request(\n    1\n)  # oailint: ignore[OAI401] -- y\n",
            "x = request(\n    1\n)  # oailint: ignore[OAI401, OAI101] -- y\n",
        ),
        ("x = 1  # oailint: ignore[OAI401]\nrequest()\n", f"x = 1  # oailint: ignore[OAI401]\nrequest(){MARK}\n"),
        ("# oailint: ignore-file[OAI401]\nrequest()\n", f"# oailint: ignore-file[OAI401]\nrequest(){MARK}\n"),
        # Headers, decorators, one-liners.
        ("for x in request():\n    pass\n", f"for x in request():{MARK}\n    pass\n"),
        ("@d(request())\n\n\ndef f():\n    pass\n", f"@d(request()){MARK}\n\n\ndef f():\n    pass\n"),
        ("if x: request()\nelse: request()\n", f"if x: request(){MARK}\nelse: request(){MARK}\n"),
        ("request(); request()\n", f"request(); request(){MARK}\n"),
        (
            f"if x:\n    pass\nelif {LONG} + request():\n    pass\n",
            f"if x:\n    pass\n{ABOVE}\nelif {LONG} + request():\n    pass\n",
        ),
        ("request()\rrequest()\r", f"request(){MARK}\rrequest(){MARK}\r"),
        (f"{LONG} = request()\r{LONG} = request()\r", f"{ABOVE}\r{LONG} = request()\r" * 2),
        ("x = '\u2028'; request()\n", f"x = '\u2028'; request(){MARK}\n"),
        ("\x0crequest()\n", f"\x0crequest(){MARK}\n"),
    ],
)
def test_where_comments_go(text: str, expected: str) -> None:
    assert silenced(text) == expected


def test_all_rules_of_a_statement_share_a_comment() -> None:
    assert silenced("request(request())\n", "OAI402", "OAI101") == (
        "request(request())  # oailint: ignore[OAI101, OAI402]\n"
    )


def test_many_layouts_at_once() -> None:
    pieces = [
        "def f{0}():\n    request()\n",
        "class C{0}:\n\tdef f(self):\n\t\treturn f'''\n{{request()}}'''\n",
        "x{0} = 1 + \\\n    request()\n",
        f"{LONG}{{0}} = request()\n",
        "x = '''\n# oailint: ignore[OAI101]\n'''; request()\n",
        "with request() as a, \\\n     request() as b:\n    pass\n",
        "try:\n    request()  # oailint: ignore[OAI102] -- x\nfinally:\n    request()\n",
        "lambda: [request() for x in\n         request()]\n",
    ]
    text = "".join(piece.format(number) for number, piece in enumerate(pieces * 3))
    new = silenced(text)
    assert new is not None
    facts = extract(new)
    assert isinstance(facts, FileFacts)
    calls = [index for index in range(len(new)) if new.startswith("request(", index)]
    assert all(suppressions.is_suppressed(finding(new, call, "OAI101"), facts) for call in calls)
    assert silencing.silence(new, facts, []) is None


# --- the command --------------------------------------------------------------------------------------------------


def test_afterwards_nothing_is_reported(run: Any) -> None:
    file = write("a.py", f"request()\n\n\ndef f():\n    {LONG}.y\n    request()  # oailint: ignore[OAI301] -- no\n")
    other = write("sub/b.py", "x = 1\n")
    result = run("--add-ignore", "--ignore", "OAI002")
    assert (result.code, result.out) == (0, "Found no findings in 2 files; 2 suppressed.\n")
    assert result.err == "Suppressed 2 findings in 1 file.\n"
    text = file.read_text()
    assert text.count("OAI101") == 2 and "ignore[OAI301, OAI101] -- no" in text
    assert other.read_text() == "x = 1\n"
    again = run("--add-ignore", "--ignore", "OAI002")
    assert (again.code, again.err) == (0, "Suppressed nothing.\n")
    assert file.read_text() == text
    assert run("--ignore", "OAI002").code == 0


def test_what_cannot_be_suppressed_is_reported(run: Any) -> None:
    broken = write("a.py", "def (:\n")
    unused = write("b.py", "x = 1  # oailint: ignore[OAI101]\nrequest()\n")
    result = run("--add-ignore")
    assert result.code == 1
    assert [line.split()[1] for line in result.lines[:2]] == ["OAI001", "OAI002"]
    assert result.err == "Suppressed 1 finding in 1 file.\n"
    assert broken.read_text() == "def (:\n"
    assert unused.read_text() == f"x = 1  # oailint: ignore[OAI101]\nrequest(){MARK}\n"


def test_only_what_is_reported_is_suppressed(run: Any) -> None:
    file = write("a.py", "shared()\nrequest()\n")
    write("b.py", "def shared(): ...\nrequest()\n")
    assert run("--write-baseline", "base.json", "b.py").code == 0
    assert run("--add-ignore", "--min-severity", "error", "a.py").code == 0
    assert file.read_text() == f"shared()\nrequest(){MARK}\n"
    assert run("--add-ignore", "--baseline", "base.json").code == 0
    assert file.read_text() == f"shared()  # oailint: ignore[OAI401]\nrequest(){MARK}\n"
    assert Path("b.py").read_text() == "def shared(): ...\nrequest()\n"
    assert "1 baselined" in run("--baseline", "base.json").out


def test_of_equal_findings_those_in_the_baseline_get_no_comment(run: Any) -> None:
    file = write("a.py", "request()\nrequest()\n")
    run("--write-baseline", "base.json")
    file.write_text("request()\nrequest()\nrequest()\n")
    assert run("--baseline", "base.json", "--add-ignore").code == 0
    assert file.read_text() == f"request()\nrequest()\nrequest(){MARK}\n"
    result = run("--baseline", "base.json")
    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xef\xbb\xbfrequest()\r\n", b"\xef\xbb\xbfrequest()  # oailint: ignore[OAI101]\r\n"),
        (
            b"# coding: latin-1\nx = '\xe4'; request()\r\n",
            b"# coding: latin-1\nx = '\xe4'; request()  # oailint: ignore[OAI101]\r\n",
        ),
        (b"if 1:\n\trequest()\n\n\n", b"if 1:\n\trequest()  # oailint: ignore[OAI101]\n\n\n"),
    ],
)
def test_all_other_bytes_stay(run: Any, data: bytes, expected: bytes) -> None:
    file = write("a.py", data)
    assert run("--add-ignore").code == 0
    assert file.read_bytes() == expected


def test_modes_and_links_stay(run: Any, tmp_path: Path) -> None:
    file = write("real/a.py", "request()\n")
    file.chmod(0o755)
    (tmp_path / "a.py").symlink_to("real/a.py")
    assert run("--add-ignore", "a.py").code == 0
    assert Path("a.py").is_symlink()
    assert MARK in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o755


def test_a_file_that_changed_in_the_meantime_is_left_alone(run: Any, monkeypatch: Any) -> None:
    write("a.py", "request()\n")
    write("b.py", "request()\n")
    original = writing._write

    def meddle(one: Any) -> None:
        if one.path.endswith("a.py"):
            write("a.py", "request()  # mine\n")
        original(one)

    monkeypatch.setattr(writing, "_write", meddle)
    result = run("--add-ignore")
    assert result.code == 2
    assert "a.py:1:1: problem: was changed by something else in the meantime" in result.err
    assert "Suppressed 1 finding in 1 file." in result.err
    assert result.lines[0].startswith("a.py:1:1: OAI101")
    assert Path("a.py").read_text() == "request()  # mine\n"
    assert Path("b.py").read_text() == f"request(){MARK}\n"


def test_a_read_only_file(run: Any) -> None:
    file = write("a.py", "request()\n")
    file.chmod(0o444)
    result = run("--add-ignore")
    assert (result.code, "is read-only" in result.err) == (2, True)
    assert file.read_text() == "request()\n"


def test_a_file_in_which_something_else_would_be_found_stays(run: Any) -> None:
    """The comment would push the suppression for the whole file below the lines on which that counts."""
    filler = "x = 1\n" * (suppressions.TOP_LINES - 2)
    text = f"request(); {LONG} = 1\n{filler}# oailint: ignore-file[OAI301]\napi_key = 'secret'\n"
    file = write("a.py", text)
    other = write("b.py", "request()\n")
    result = run("--add-ignore")
    assert (result.code, result.lines[0].split()[1]) == (1, "OAI101")
    assert result.err == "Suppressed 1 finding in 1 file.\n"
    assert file.read_text() == text
    assert other.read_text() == f"request(){MARK}\n"


@pytest.mark.parametrize("words", [["--fix"], ["--diff"], ["--write-baseline", "x"], ["-"]])
def test_what_excludes_it(run: Any, words: list[str]) -> None:
    write("a.py", "request()\n")
    result = run("--add-ignore", *words)
    assert (result.code, result.out) == (2, "")
    assert "--add-ignore" in result.err
    assert os.listdir() == ["a.py"]
