"""No key that stands in the input is in any output; and outputs depend on nothing but the input."""

from __future__ import annotations

import os
import random
import string
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from validating import READERS

import oailint
from oailint.reporters import FORMATS

LETTERS = string.ascii_letters + string.digits


def key(number: int) -> str:
    """A key of the shape that OpenAI's have."""
    return "sk-proj-" + "".join(random.Random(number).choices(LETTERS, k=48))


def azure(number: int) -> str:
    return "".join(random.Random(number).choices("0123456789abcdef", k=32))


def planted() -> tuple[dict[str, str], list[str]]:
    """A project full of keys, in all places where a key can stand, and the keys."""
    keys = [key(number) for number in range(40)]
    hexes = [azure(number) for number in range(100, 104)]
    k = iter([*keys])
    files = {
        "app/__init__.py": "",
        "app/direct.py": f"""\
import openai, os, requests
openai.api_key = "{next(k)}"
client = openai.OpenAI(api_key='{next(k)}')  # {next(k)}
os.environ["OPENAI_API_KEY"] = "{next(k)}"
HEADERS = {{"Authorization": f"Bearer {next(k)}"}}
KEYS = ["{next(k)}", "{next(k)}"]
azure = openai.AzureOpenAI(api_key="{hexes[0]}", azure_endpoint="https://x.openai.azure.com")
TEXT = '''
export OPENAI_API_KEY={next(k)}
'''
openai.Completion.create(prompt="{next(k)}", user="{next(k)}")
requests.post("https://api.openai.com/v1/responses?key={next(k)}", headers={{"Authorization": "Bearer {next(k)}"}})
""",
        "app/loops.py": f"""\
import openai
def ask(item, token="{next(k)}"):
    return openai.ChatCompletion.create(model="m", messages=[item, "{next(k)}"])
def run(items):
    for item in ["{next(k)}", *items]:
        ask(item, "{next(k)}")
    for item in items: ask("{next(k)}")  # oailint: ignore[OAI401] -- the key {next(k)} is fine
    try:
        ask(1)
    except openai.error.OpenAIError as e:
        if "{next(k)}" in str(e) or "rate limit {next(k)}" in str(e) or str(e) == "{hexes[1]}":
            return None
    handler = {{"{next(k)}": ask}}["{next(k)}"]
    return handler("{next(k)}")
""",
        "app/comments.py": f"""\
# oailint: ignore[{next(k)}]
# oailint: ignore[OAI101, {next(k)}] -- {next(k)}
x = 1  # noqa: OAI101 {next(k)}
y = 2  # oailint: {next(k)}
""",
        "app/broken.py": f'x = "{next(k)}\ny = {next(k)} (\n',
        "app/other.py": f'print "{next(k)}"\n',
    }
    used = [one for one in [*keys, *hexes] if any(one in text for text in files.values())]
    assert len(used) > 28
    return files, used


def write(files: dict[str, str]) -> None:
    Path("pyproject.toml").write_text("")
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def leaked(keys: list[str], text: str) -> list[str]:
    """The keys of which any part that is worth something stands in ``text``."""
    return [one for one in keys if any(one[start : start + 10] in text for start in range(8, len(one) - 9))]


def test_leaks_are_seen() -> None:
    assert leaked([key(1)], f"x{key(1)[12:30]}x") == [key(1)]
    assert leaked([azure(1)], azure(1)) == [azure(1)]


@pytest.mark.parametrize("name", FORMATS)
def test_no_key_is_in_any_format(name: str, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    files, keys = planted()
    write(files)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(Path("../summary.md").absolute()))
    ran = run("--output-format", name, "--verbose", "-o", "sarif:../out.sarif", "-o", "full:../out.txt")
    texts = [ran.out, ran.err, *(Path(path).read_text() for path in ("../out.sarif", "../out.txt"))]
    if name == "github":
        texts.append(Path("../summary.md").read_text())
    assert "OAI301" in ran.out
    assert [leaked(keys, text) for text in texts] == [[]] * len(texts)


@pytest.mark.parametrize("words", [["--fix"], ["--diff"], ["--diff", "--unsafe-fixes"], ["--fix", "--unsafe-fixes"]])
def test_no_key_is_told_by_fixes(words: list[str], run: Any) -> None:
    files, keys = planted()
    write(files)
    ran = run(*words, "--verbose", "-o", "sarif:../out.sarif", "-o", "json:../out.json", "-o", "full:../out.txt")
    texts = [ran.out, ran.err, *(Path(f"../out.{suffix}").read_text() for suffix in ("sarif", "json", "txt"))]
    assert [leaked(keys, text) for text in texts] == [[]] * len(texts)


def test_no_key_is_in_the_cache(run: Any, tmp_path: Path) -> None:
    files, keys = planted()
    write(files)
    run()
    held = b"".join(path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert held and leaked(keys, held.decode("latin-1")) == []


def test_no_key_is_in_a_baseline(run: Any) -> None:
    files, keys = planted()
    write(files)
    ran = run("--write-baseline", "base.json", "--verbose")
    held = Path("base.json").read_text()
    assert "OAI301" in held and leaked(keys, held + ran.out + ran.err) == []
    for name in files:
        Path(name).write_text("")
    ran = run("--baseline", "base.json", "--verbose", "-o", "sarif:../out.sarif")
    assert "base.json" in ran.err and leaked(keys, ran.out + ran.err + Path("../out.sarif").read_text()) == []


def test_no_key_is_told_where_suppressions_are_written(run: Any) -> None:
    files, keys = planted()
    write(files)
    ran = run("--add-ignore", "--verbose")
    assert "Suppressed" in ran.err and leaked(keys, ran.out + ran.err) == []


@pytest.mark.parametrize("words", [[], ["--verbose"], ["--fix"]])
def test_no_key_is_in_a_report_of_a_crash(words: list[str], run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    files, keys = planted()
    write(files)

    def fail(*_: object, **__: object) -> None:
        text = Path("app/direct.py").read_text()
        raise ValueError(f"cannot make sense of {text!r}, nor of {text.splitlines()[1]}")

    monkeypatch.setattr("oailint.project.meaning.link", fail)
    ran = run(*words)
    assert (ran.code, "oailint itself failed: ValueError" in ran.err) == (2, True)
    assert leaked(keys, ran.out + ran.err) == []


@pytest.mark.parametrize("name", FORMATS)
def test_outputs_depend_on_the_input_alone(name: str) -> None:
    files, _ = planted()
    write(files)
    names = sorted(files)
    told = set()
    for seed, jobs, paths in (("0", "1", names), ("1", "4", names[::-1]), ("2", "2", ["app"]), ("3", "1", ["."])):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(oailint.__file__).parents[1])}
        ran = subprocess.run(
            [sys.executable, "-m", "oailint", "--no-cache", "--jobs", jobs, "--output-format", name, *paths],
            env=environment, capture_output=True, check=False,
        )  # fmt: skip
        assert ran.returncode in (1, 2)
        told.add((ran.stdout, ran.stderr))
    [(out, _)] = told  # whatever the order of the files, the number of processes and the seed of hashes
    if name in READERS:
        READERS[name](out.decode())
