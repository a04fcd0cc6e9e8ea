"""The documents tell the truth: links, anchors, shown output, settings, pipelines, code, options, rules.

``python tests/documents.py`` writes what is printed today into them.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import documents
import pytest
import rules_page
import tomli
import yaml
from documents import ROOT, blocks, inline, read

from oailint import config, settings
from oailint.cli import command
from oailint.delivery import outputs
from oailint.rules import RULES
from oailint.selection import matches
from oailint.version import VERSION

HOSTS = {"example.com", "keepachangelog.com", "semver.org", "pre-commit.com"}
"""Where links may lead. Further ones are added by hand, after a look."""

every = pytest.mark.parametrize("document", documents.every(), ids=documents.name)
readers = pytest.mark.parametrize("document", documents.readers(), ids=documents.name)


# --- links ---------------------------------------------------------------------------------------------------------


def broken(document: Path, text: str) -> list[str]:
    """The links in the text of a document that lead nowhere."""
    found = []
    for link in documents.links(text):
        target, _, anchor = link.partition("#")
        if "://" in link:
            is_good = link.startswith("https://") and link.split("/")[2] in HOSTS
        else:
            path = document if not target else document.parent / target
            is_good = path.exists() and (not anchor or (path.is_file() and anchor in _anchors(path, document, text)))
        if not is_good:
            found.append(link)
    return found


def _anchors(path: Path, document: Path, text: str) -> list[str]:
    return documents.anchors(text if path == document else read(path))


@every
def test_links_lead_to_what_is_there(document: Path) -> None:
    assert broken(document, read(document)) == []


def test_links_are_looked_at() -> None:
    text = "# A b\n\n[one](none.md) [two](README.md#nothing) [three](#a-b) [four](#a-c) [five](https://example.org/x)\n"
    expected = ["none.md", "README.md#nothing", "#a-c", "https://example.org/x"]
    assert broken(ROOT / "README.md", text.replace("README.md", "docs/README.md")) == [
        one.replace("README.md", "docs/README.md") for one in expected
    ]
    assert sum(len(documents.links(read(one))) for one in documents.every()) > 80


def test_anchors_are_those_of_github() -> None:
    text = "# A `b_c`, d!\n## It's 1. [x](y)\n```sh\n# no heading\n```\n## Twice\n### Twice\n## a/b - c\n"
    assert documents.anchors(text) == ["a-b_c-d", "its-1-x", "twice", "twice-1", "ab---c"]


def test_each_page_is_in_the_index() -> None:
    listed = {link.partition("#")[0] for link in documents.links(read(ROOT / "docs" / "README.md"))}
    assert {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"} <= listed


# --- what commands print -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document", [one for one in documents.readers() if "```console" in read(one)], ids=documents.name
)
def test_output_is_what_the_command_prints(document: Path, tmp_path: Path) -> None:
    for block, told in documents.today(document, tmp_path / "walk"):
        assert f"line {block.line}\n{block.text}" == f"line {block.line}\n{told}"


def test_examples_are_shown() -> None:
    assert "examples/" in "".join(one.command for one in blocks(read(ROOT / "README.md"), "console"))
    for document in documents.readers():
        # All blocks are read, whatever stands in them.
        assert len(blocks(read(document))) * 2 == len(re.findall(r"^ *```", read(document), re.MULTILINE))


def test_a_script_tells_the_exit_statuses_apart(tmp_path: Path) -> None:
    [script] = [one.text for one in blocks(read(ROOT / "README.md"), "sh") if "case" in one.text]
    walk = documents.begin(ROOT / "README.md", tmp_path / "walk")
    told = []
    for content in (None, "", "import openai\n\nopenai.OpenAI(max_retries=0).responses.create(model='m', input='')\n"):
        if content is not None:
            (walk.folder / "src").mkdir(exist_ok=True)
            (walk.folder / "src" / "a.py").write_text(content)
        done = walk.shell(script)
        told.append((done.returncode, done.stdout.splitlines()[-1].partition(" fix")[0]))
    assert told == [
        (2, "the check itself went wrong"),
        (0, "nothing to report"),
        (1, "[*] 1"),
    ]


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_jq_leaves_what_is_new(tmp_path: Path) -> None:
    [script] = [one.text for one in blocks(read(ROOT / "docs" / "formats.md"), "sh") if "jq" in one.text]
    walk = documents.begin(ROOT / "README.md", tmp_path / "walk")
    old = "examples/newsroom/search.py"
    walk.shell(f"oailint --write-baseline old.json {old}")
    (walk.folder / "new.py").write_text(
        "import openai\n\nclient = openai.OpenAI(max_retries=0)\nclient.responses.create(model='m', input='')\n"
        "client.responses.create(model='m', input='x')  # oailint: ignore[OAI101]\n"
    )
    done = walk.shell(f"oailint --exit-zero --baseline old.json -o sarif:oailint.sarif {old} new.py\n{script}")
    assert done.returncode == 0, done.stdout
    results = yaml.safe_load((walk.folder / "upload.sarif").read_text())["runs"][0]["results"]
    assert [(one["ruleId"], one["locations"][0]["physicalLocation"]["region"]["startLine"]) for one in results] == [
        ("OAI101", 4)
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_made_by_what_is_said(shell: str, tmp_path: Path) -> None:
    [script] = [one.text for one in blocks(read(ROOT / "README.md"), "sh") if f"={shell}_source " in one.text]
    inner = re.sub(r"^eval \"\$\((.*)\)\"$|^(.*) \| source$", r"\1\2", script.strip())
    done = documents.begin(ROOT / "README.md", tmp_path / "walk").shell(inner)
    assert f"_OAILINT_COMPLETE={shell}_complete" in done.stdout


# --- settings ------------------------------------------------------------------------------------------------------


def tables(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The settings in the ``toml`` blocks of a document, with the lines of these."""
    for block in blocks(text, "toml"):
        table = tomli.loads(block.text)
        yield block.line, table["tool"]["oailint"] if "tool" in table else table


@every
def test_settings_are_accepted(document: Path) -> None:
    for line, table in tables(read(document)):
        parsed = config.parse(table, f"{document.name}:{line}")
        settings.Settings(settings.Options(config=parsed)).codes(parsed, RULES)


def test_all_keys_are_explained_and_shown() -> None:
    text = read(ROOT / "docs" / "configuration.md")
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    assert sorted(re.findall(r"`([^`]+)`", " ".join(rows))) == sorted(config.KEYS)
    assert {key for _, table in tables(text) for key in table} == set(config.KEYS)


# --- pipelines -----------------------------------------------------------------------------------------------------


def pipelines() -> list[tuple[str, dict[str, Any]]]:
    """The ``yaml`` blocks of all documents."""
    return [
        (f"{documents.name(document)}:{block.line}", yaml.safe_load(block.text))
        for document in documents.every()
        for block in blocks(read(document), "yaml")
    ]


def steps(loaded: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in loaded.get("jobs", {}).values() for step in job["steps"]]


def test_each_pipeline_is_one_of_a_known_kind() -> None:
    kinds = []
    for place, loaded in pipelines():
        kinds.append(next((kind for kind in ("repos", "jobs", "oailint") if kind in loaded), place))
    assert set(kinds) == {"repos", "jobs", "oailint"}
    for _, loaded in pipelines():
        # YAML 1.1 reads the key "on" as true.
        assert "jobs" not in loaded or {True, "permissions"} <= loaded.keys()


def test_hooks_exist() -> None:
    known = {one["id"] for one in yaml.safe_load(read(ROOT / ".pre-commit-hooks.yaml"))}
    named = [repo for _, loaded in pipelines() for repo in loaded.get("repos", [])]
    assert named
    for repo in named:
        assert (repo["repo"], repo["rev"]) == (f"https://{documents.PLACE}", f"v{VERSION}")
        assert {hook["id"] for hook in repo["hooks"]} <= known


def test_the_action_is_given_what_it_takes() -> None:
    action = yaml.safe_load(read(ROOT / "action.yml"))
    used = [
        (step, loaded) for _, loaded in pipelines() for step in steps(loaded) if "OWNER/oailint" in step.get("uses", "")
    ]
    assert used
    for step, loaded in used:
        assert step["uses"] == f"OWNER/oailint@v{VERSION}"
        assert step.get("with", {}).keys() <= action["inputs"].keys()
        uploads = step.get("with", {}).get("sarif") == "true"
        assert uploads == (loaded["permissions"].get("security-events") == "write")


def test_inputs_of_the_action_are_listed() -> None:
    action = yaml.safe_load(read(ROOT / "action.yml"))
    rows = read(ROOT / "README.md").partition("| input | meaning |\n")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", rows, re.MULTILINE) == list(action["inputs"])
    assert all(f"`{name}`" in read(ROOT / "README.md") for name in action["outputs"])


def test_gitlab_takes_the_file_that_is_written() -> None:
    [job] = [loaded["oailint"] for _, loaded in pipelines() if "oailint" in loaded]
    [arguments] = [one for line in job["script"] for one in documents.calls(line)]
    context = command.make_context("oailint", arguments)
    assert context.params["outputs"] == outputs([f"gitlab:{job['artifacts']['reports']['codequality']}"])


# --- commands ------------------------------------------------------------------------------------------------------


def scripts() -> list[tuple[str, str]]:
    """What the documents tell shells to do, by the place of the block."""
    found = [
        (f"{documents.name(document)}:{block.line}", block.text.replace("\n$ ", "\n"))
        for document in documents.every()
        for block in blocks(read(document), "sh", "console")
    ]
    found = [(place, text.partition("\n")[0][2:] if text.startswith("$ ") else text) for place, text in found]
    for place, loaded in pipelines():
        lines = [step["run"] for step in steps(loaded) if "run" in step] + loaded.get("oailint", {}).get("script", [])
        found += [(place, line) for line in lines]
    return found


def complaint(arguments: list[str]) -> str:
    """What is wrong with arguments, as the command itself says; empty if nothing is."""
    try:
        command.make_context("oailint", list(arguments))
    except click.exceptions.Exit:  # --help, --version
        return ""
    except click.ClickException as error:
        return error.format_message()
    return ""


@pytest.mark.parametrize(("place", "script"), scripts())
def test_commands_have_the_options_that_they_are_given(place: str, script: str) -> None:
    for arguments in documents.calls(script):
        assert complaint(arguments) == "", shlex.join(arguments)


def test_commands_are_found_wherever_they_stand() -> None:
    script = "a=1 oailint --x && .venv/bin/oailint y | jq 'z' > w\nif ! python -m oailint q; then b; fi # oailint no\n"
    assert list(documents.calls(script)) == [["--x"], ["y"], ["q"]]
    assert complaint(["--x"]) and complaint(["--backoff", "none"]) and not complaint(["--backoff", "sdk", "src"])
    assert sum(len(list(documents.calls(script))) for _, script in scripts()) > 30


def test_what_is_installed_is_this_version() -> None:
    told = [script for _, script in scripts() if documents.PLACE in script]
    assert len(told) > 2
    for script in told:
        assert f"git+https://{documents.PLACE}@v{VERSION}" in script


@readers
def test_options_in_the_text_exist(document: Path) -> None:
    known = {name for parameter in command.params for name in parameter.opts} | {"--help", "-h"}
    for code in inline(read(document)):
        words = code.split()
        if words[0] == "oailint" and len(words) > 1 and "FILE" not in words:
            assert complaint(words[1:]) == "", code
        elif re.match("--[a-z]", words[0]):
            assert words[0].partition("=")[0] in known, code


# --- code ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document", [*documents.readers(), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"], ids=documents.name
)
def test_python_compiles(document: Path) -> None:
    """The code in the documents of rules is tested as their cases, and some of it is broken on purpose."""
    for block in blocks(read(document), "python"):
        compile("\n" * block.line + block.text, str(document), "exec")


@readers
def test_blocks_say_what_they_are(document: Path) -> None:
    assert {block.language for block in blocks(read(document))} <= {"console", "sh", "toml", "yaml", "python", "json"}


# --- rules ---------------------------------------------------------------------------------------------------------


def test_the_page_of_the_rules_is_what_the_rules_are() -> None:
    assert read(ROOT / "docs" / "rules.md") == rules_page.render()


def test_the_page_of_the_rules_holds_all() -> None:
    text = read(ROOT / "docs" / "rules.md")
    assert {rule.family for rule in RULES} == set(rules_page.FAMILIES)
    for rule in RULES:
        assert re.search(rf"^\| \[{rule.code}\]\(.*\) \| {rule.name} \| {rule.family} \| .*{rule.severity}", text, re.M)


@readers
def test_rules_that_are_named_exist(document: Path) -> None:
    for code in set(re.findall(r"\bOAI\d+\b", read(document))):
        assert any(matches(code, rule) for rule in RULES), code
