"""Files as they are in the wild: odd names, line ends, tabs and byte order marks."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from reports import ODD_PATHS
from validating import READERS, github, gitlab, markdown, sarif

SOURCE = "import openai\n\n\ndef ask(text):\n    return openai.ChatCompletion.create(model='m', messages=[text])\n"
ON_DISK = [name for name in ODD_PATHS if name.endswith(".py")]


@pytest.fixture
def odd_files() -> None:
    Path("pyproject.toml").touch()
    for name in ON_DISK:
        path = Path(name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(SOURCE)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the file system refuses some of the names")
@pytest.mark.parametrize("name", READERS)
def test_odd_names(name: str, run: Any, odd_files: None) -> None:
    ran = run("--output-format", name)
    assert ran.code == 1
    READERS[name](ran.out)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the file system refuses some of the names")
def test_odd_names_lead_to_the_files(run: Any, odd_files: None) -> None:
    results = sarif(run("--output-format", "sarif").out)["runs"][0]["results"]
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results}
    assert len(uris) == len(ON_DISK)
    assert all(os.path.isfile(unquote_to_bytes(uri)) for uri in uris)
    links = markdown(run("--output-format", "markdown").out).links
    assert all(os.path.isfile(unquote_to_bytes(link.rpartition("#")[0])) for link in links)
    commands = github(run("--output-format", "github").out)
    files = {properties["file"] for _, properties, _ in commands}
    assert {name for name in ON_DISK if name.isprintable()} <= files and len(files) == len(ON_DISK)


def texts(lines: list[str], region: dict[str, int]) -> str:
    """What a region spans in lines that keep their ends, columns counted in characters."""
    first, last = region["startLine"] - 1, region["endLine"] - 1
    whole = "".join(lines[first : last + 1])
    end = sum(map(len, lines[first:last])) + region["endColumn"] - 1
    return whole[region["startColumn"] - 1 : end]


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("indent", ["    ", "\t"], ids=["spaces", "tab"])
def test_regions_and_fixes_count_characters(mark: str, end: str, indent: str, run: Any) -> None:
    call = "openai.ChatCompletion.create(model='名', messages=[text])"
    source = f"import openai\n\ndef ask(text):\n{indent}'\U0001f600'; return {call}\n".replace("\n", end)
    file = Path("llm.py")
    file.write_bytes((mark + source).encode())
    [result] = sarif(run("--output-format", "sarif").out)["runs"][0]["results"]
    lines = source.splitlines(keepends=True)
    assert texts(lines, result["locations"][0]["physicalLocation"]["region"]) == call

    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    [fix] = result["fixes"]
    [change] = fix["artifactChanges"]
    edits = []
    for replacement in change["replacements"]:
        region = replacement["deletedRegion"]
        edits.append(
            (
                starts[region["startLine"] - 1] + region["startColumn"] - 1,
                starts[region["endLine"] - 1] + region["endColumn"] - 1,
                replacement.get("insertedContent", {}).get("text", ""),
            )
        )
    fixed = source
    for start, stop, content in sorted(edits, reverse=True):
        fixed = fixed[:start] + content + fixed[stop:]
    run("--fix")
    assert (mark + fixed).encode() == file.read_bytes()


def test_a_report_of_a_file_that_is_all_wrong(run: Any) -> None:
    for number, content in enumerate(
        (b"", b"\xff", b"\x00", b"(" * 300, b"def f(:\r\n\tx", b"\xef\xbb\xbf)", b"#" * 9)
    ):
        Path(f"f{number}.py").write_bytes(content)
    for name, read in READERS.items():
        ran = run("--output-format", name, ".", "gone.py")
        assert ran.code == 2
        read(ran.out)
    assert all(issue["check_name"] == "OAI001 invalid-syntax" for issue in gitlab(run("--output-format", "gitlab").out))
