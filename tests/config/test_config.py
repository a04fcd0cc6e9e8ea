"""Configuration files: what is read, and how errors name the file, the key and the nearest valid one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oailint import config, reporters
from oailint.config import Config, ConfigError
from oailint.findings import Confidence, Severity


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(text: str, name: str = "pyproject.toml") -> Config | None:
    Path(name).write_text(text, encoding="utf-8")
    return config.load(os.path.abspath(name))


def error(text: str, name: str = "pyproject.toml") -> str:
    with pytest.raises(ConfigError) as raised:
        load(text, name)
    return str(raised.value)


def test_every_key_is_read(tmp_path: Path) -> None:
    found = load(
        """
        [tool.oailint]
        select = ["OAI1", "secrets"]
        ignore = ["missing-retry"]
        extend-select = ["OAI401"]
        exclude = ["old"]
        extend-exclude = ["gen/*.py"]
        src = ["lib"]
        min-severity = "warning"
        min-confidence = "medium"
        backoff = "tenacity"
        backoff-helper = "app.net:with_backoff"
        clients = ["app.net.Client"]
        requests = ["app.net.ask"]
        retries = ["app.net.again"]
        throttles = ["app.net.limit"]
        baseline = "baseline.json"
        cache-dir = ".cache"
        output-format = "json"
        max-file-size = 5000
        [tool.oailint.per-file-ignores]
        "tests/*" = ["OAI301"]
        """
    )
    assert found == Config(
        select=("OAI1", "secrets"),
        ignore=("missing-retry",),
        extend_select=("OAI401",),
        exclude=("old",),
        extend_exclude=("gen/*.py",),
        per_file_ignores={"tests/*": ("OAI301",)},
        src=("lib",),
        min_severity=Severity.WARNING,
        min_confidence=Confidence.MEDIUM,
        backoff="tenacity",
        backoff_helper="app.net:with_backoff",
        clients=("app.net.Client",),
        requests=("app.net.ask",),
        retries=("app.net.again",),
        throttles=("app.net.limit",),
        baseline="baseline.json",
        cache_dir=".cache",
        output_format="json",
        max_file_size=5000,
        root=str(tmp_path),
        source=str(tmp_path / "pyproject.toml"),
    )


def test_every_field_has_a_key() -> None:
    fields = {name.replace("_", "-") for name in Config.__struct_fields__} - {"root", "source"}
    assert fields == set(config.KEYS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("selct = []", "unknown key 'selct'; did you mean 'select'?"),
        ("min_severity = 'info'", "unknown key 'min_severity'; did you mean 'min-severity'?"),
        ("zzz = 1", "unknown key 'zzz'; the keys are select, ignore"),
        ("select = 'OAI101'", "key 'select' must be a list of strings, not a string"),
        ("ignore = ['OAI101', 2]", "key 'ignore' must be a list of strings, but holds an integer"),
        ("min-severity = 'eror'", "must be one of info, warning, error, not 'eror'; did you mean 'error'?"),
        ("min-confidence = true", "key 'min-confidence' must be a string, not a boolean"),
        (
            "output-format = 'xml'",
            "must be one of full, concise, json, jsonl, sarif, github, gitlab, junit, markdown, not 'xml'",
        ),
        ("output-format = 'gitlap'", "not 'gitlap'; did you mean 'gitlab'?"),
        ("backoff = 'tenacty'", "did you mean 'tenacity'?"),
        ("backoff-helper = 'app.net'", "must read 'package.module:name'"),
        ("clients = ['not dotted']", "must be a list of dotted names, but holds 'not dotted'"),
        ("max-file-size = true", "must be a positive number of bytes"),
        ("max-file-size = 0", "must be a positive number of bytes"),
        ("per-file-ignores = []", "must be a table of patterns and lists of rules, not a list"),
        ("per-file-ignores = {'a.py' = 'OAI101'}", "must be a list of strings, not a string"),
        ("cache-dir = 2001-01-01", "must be a string, not a date"),
    ],
)
def test_a_mistake_is_named_with_its_file(text: str, expected: str) -> None:
    message = error(f"[tool.oailint]\n{text}\n")
    assert message.startswith("pyproject.toml: ")
    assert expected in message


def test_a_section_that_is_no_table() -> None:
    assert "'tool.oailint' must be a table, not a list" in error("[tool]\noailint = []\n")


def test_broken_toml_is_named_with_its_line() -> None:
    assert error("[tool.oailint]\nselect = [\n  oops\n]\n").startswith("pyproject.toml:3:")
    assert error("[tool.oailint]\nselect = [").startswith("pyproject.toml:2:")
    assert error("select = 'x", ".oailint.toml").startswith(".oailint.toml:1:")


def test_broken_toml_of_others_is_no_concern() -> None:
    assert load("[tool.other\n") is None


def test_a_configuration_that_is_not_utf8() -> None:
    Path("oailint.toml").write_bytes(b"select = []\nignore = ['\xff']\n")
    with pytest.raises(ConfigError, match=r"^oailint\.toml:2: is not UTF-8$"):
        config.load(os.path.abspath("oailint.toml"))


def test_no_section_is_no_configuration() -> None:
    assert load("[project]\nname = 'oailint-user'\n") is None
    assert load("# oailint\n[tool]\n") is None


def test_own_files_need_no_section() -> None:
    found = load("ignore = ['OAI002']", "oailint.toml")
    assert found is not None and found.ignore == ("OAI002",)


def test_the_nearest_wins_and_a_file_without_section_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.oailint]\nignore = ['OAI101']\n")
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'a'\n")
    found = config.find(str(tmp_path / "a" / "b"))
    assert found is not None and found.root == str(tmp_path)
    (tmp_path / "a" / "oailint.toml").write_text("ignore = ['OAI002']\n")
    found = config.find(str(tmp_path / "a" / "b"))
    assert found is not None and found.ignore == ("OAI002",)
    (tmp_path / "a" / ".oailint.toml").write_text("ignore = ['OAI003']\n")
    found = config.find(str(tmp_path / "a" / "b"))
    assert found is not None and found.ignore == ("OAI003",)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml: cannot be read: No such file"):
        config.load(str(tmp_path / "gone.toml"))


def test_formats_and_the_command_line_agree() -> None:
    from oailint import cli

    assert cli.FORMATS == config.FORMATS == reporters.FORMATS
