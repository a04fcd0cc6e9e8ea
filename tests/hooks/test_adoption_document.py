"""``docs/adoption.md`` with what it takes from elsewhere: oailint installed, and its hooks by the real pre-commit."""

from __future__ import annotations

import os
import re
import venv
from dataclasses import replace
from pathlib import Path

import documents
import pytest
from documents import ADOPTION
from repositories import Repository, environment

from oailint.version import VERSION

FAULT = "import openai\n\nopenai.OpenAI(max_retries=0).responses.create(model='m', input='')\n"


def from_here(text: str, hooks: Path, commit: str) -> str:
    """``text`` with the repository of these tests in the place of the one that the document names."""
    return text.replace(f"https://{documents.PLACE}", f"file://{hooks}").replace(f"v{VERSION}", commit)


@pytest.mark.registry
def test_each_step_with_hooks(hooks: Path, tmp_path: Path) -> None:
    commit = Repository(hooks, environment(hooks.parent)).run("git", "rev-parse", "HEAD").text.strip()
    text = from_here(documents.read(ADOPTION), hooks, commit)
    walk = documents.begin(ADOPTION, tmp_path / "old")
    venv.create(tmp_path / "venv", with_pip=True)
    programs = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    env = {**environment(hooks.parent), "PYTHONPATH": ""}
    env["PATH"] = os.pathsep.join([str(programs), env["PATH"]])
    walk = replace(walk, env=env, python=str(programs / "python"))
    repository = Repository(walk.folder, env)
    refused = ""
    for block, told in walk.follow(text, str):
        assert told == block.text
        if block.command == "oailint" and "alerts.py" in told:
            refused = refusal(repository)
    # Each hook speaks of what is new, and of nothing that was there before.
    assert set(re.findall(r"newsroom/\w+\.py(?=:\d)|newsroom/\w+\.py(?= *\|)", refused)) == {"newsroom/alerts.py"}
    assert repository.run("git", "status", "--short").text == ""


def refusal(repository: Repository) -> str:
    """What a commit of all that there is is told, which must be refused. The work tree is as before."""
    kept = repository.read("newsroom/alerts.py")
    repository.run("git", "add", "--all")
    done = repository.commit()
    assert done.status == 1, done.text
    assert "files were modified by this hook" in done.text
    (repository.folder / "newsroom" / "alerts.py").write_text(kept)
    once_more = repository.run("pre-commit", "run", "oailint", "--files", "newsroom/alerts.py", check=False)
    assert once_more.status == 1, once_more.text
    return once_more.text


def test_the_last_lines_fail_if_anything_is_new_or_gone(tmp_path: Path) -> None:
    walk = documents.begin(ADOPTION, tmp_path / "old")
    text = documents.read(ADOPTION)
    for _ in walk.follow(text, documents.offline):
        pass
    repository = Repository(walk.folder, dict(walk.env))
    assert repository.run("git", "status", "--short").text == ""
    log = repository.run("git", "log", "--format=%s").text.splitlines()
    assert len(log) == 1 + text.count("\ngit commit ")

    last = documents.blocks(text, "sh")[-1].text
    assert "--write-baseline" in last and "git diff --exit-code" in last
    repository.write(more=FAULT)
    assert walk.shell(last).returncode == 1
    (walk.folder / "more.py").unlink()
    assert walk.shell(last).returncode == 0
    (walk.folder / "newsroom" / "moderation.py").write_text("")
    assert walk.shell(last).returncode == 1
