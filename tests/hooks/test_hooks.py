"""The hooks as users have them: the real pre-commit installs them into real repositories."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from repositories import Repository

pytestmark = pytest.mark.registry

BARE = """import openai

client = openai.OpenAI()


def ask(text):
    return client.responses.create(model="gpt-4.1", input=text)
"""
PATIENT = """import openai
import tenacity

client = openai.OpenAI(max_retries=0)

patiently = tenacity.retry(
    retry=tenacity.retry_if_exception_type(openai.RateLimitError),
    wait=tenacity.wait_random_exponential(max=60),
    stop=tenacity.stop_after_attempt(8),
    reraise=True,
)
"""
CALLER = """from {module} import {names}


{decorator}def ask(text):
    return client.responses.create(model="gpt-4.1", input=text)
"""
CLEAN = "def double(number):\n    return 2 * number\n"


def use(repository: Repository, hooks: Path, *names: str) -> None:
    """Put the hooks of these names in force, in a first commit."""
    rev = repository.run("git", "-C", str(hooks), "rev-parse", "HEAD").text.strip()
    listed = "".join(f"      - id: {name}\n" for name in names)
    text = f"repos:\n  - repo: file://{hooks}\n    rev: {rev}\n    hooks:\n{listed}"
    (repository.folder / ".pre-commit-config.yaml").write_text(text)
    (repository.folder / "pyproject.toml").write_text("[tool.oailint]\n")
    repository.run("git", "add", "--all")
    repository.run("git", "commit", "--quiet", "-m", "Hooks")
    repository.run("pre-commit", "install")


def test_the_check_blocks_a_commit_until_the_fix_is_staged(repository: Repository, hooks: Path) -> None:
    use(repository, hooks, "oailint-fix", "oailint")
    repository.write(ask=BARE, clean=CLEAN)
    repository.run("git", "add", "--all")

    blocked = repository.commit()
    assert blocked.status == 1
    assert "files were modified by this hook" in blocked.text
    assert "with_backoff(client.responses.create)" in repository.read("ask.py")
    assert repository.staged("ask.py") == BARE

    repository.run("git", "add", "--all")
    passed = repository.commit()
    assert passed.status == 0, passed.text


def test_a_finding_without_a_safe_fix_blocks_and_is_told(repository: Repository, hooks: Path) -> None:
    use(repository, hooks, "oailint")
    repository.write(ask=BARE)
    repository.run("git", "add", "--all")
    blocked = repository.commit()
    assert blocked.status == 1
    assert "ask.py:7:12: OAI102" in blocked.text
    repository.write(ask=BARE.replace("input=text)", "input=text)  # oailint: ignore[OAI102] -- once a day"))
    repository.run("git", "add", "--all")
    assert repository.commit().status == 0


def test_the_rest_of_the_project_is_read_for_meaning(repository: Repository, hooks: Path) -> None:
    """The decorator that retries was committed before; only its user is given to the hook."""
    use(repository, hooks, "oailint")
    repository.write(backing=PATIENT)
    repository.run("git", "add", "--all")
    assert repository.commit().status == 0
    names = CALLER.format(module="backing", names="client, patiently", decorator="@patiently\n")
    repository.write(ask=names)
    repository.run("git", "add", "--all")
    passed = repository.commit()
    assert passed.status == 0, passed.text
    repository.write(ask=names.replace("@patiently\n", ""))
    repository.run("git", "add", "--all")
    blocked = repository.commit()
    assert (blocked.status, "OAI101" in blocked.text, "backing.py" in blocked.text) == (1, True, False)


def test_only_what_is_staged_counts(repository: Repository, hooks: Path) -> None:
    use(repository, hooks, "oailint-fix", "oailint")
    repository.write(ask=CLEAN)
    repository.run("git", "add", "--all")
    repository.write(ask=BARE)  # not staged
    passed = repository.commit()
    assert passed.status == 0, passed.text
    assert repository.read("ask.py") == BARE

    repository.run("git", "add", "--all")
    repository.write(ask=CLEAN)  # not staged
    blocked = repository.commit()
    assert blocked.status == 1
    assert "OAI102" in blocked.text or "Fixed 1" in blocked.text
    assert repository.read("ask.py") == CLEAN


def test_a_new_helper_module_fails_the_hook_once(repository: Repository, hooks: Path) -> None:
    use(repository, hooks, "oailint-fix")
    (repository.folder / "app").mkdir()
    repository.write(**{"app/__init__": "", "app/ask": BARE})
    repository.run("git", "add", "--all")
    blocked = repository.commit()
    assert blocked.status == 1
    assert "app/_backoff.py" in blocked.text and "git add" in blocked.text
    assert "from app._backoff import with_backoff" in repository.read("app/ask.py")
    repository.run("git", "add", "--all")
    assert repository.commit().status == 0
    assert "def with_backoff" in repository.staged("app/_backoff.py")


def test_a_hook_is_run_once_over_all_files(repository: Repository, hooks: Path) -> None:
    """What pre-commit would split into batches is passed in one, so that no two of them fix or cache at once."""
    use(repository, hooks, "oailint-fix", "oailint")
    for number in range(40):
        repository.write(**{f"part{number}": BARE})
    repository.run("git", "add", "--all")
    blocked = repository.commit()
    assert blocked.text.count("Fixed 40") == 1, blocked.text
    repository.run("git", "add", "--all")
    assert repository.commit().status == 0


def test_batches_at_the_same_time_do_not_disturb_each_other(repository: Repository) -> None:
    """As of a user whose configuration turns ``require_serial`` off: same findings, one cache, nothing lost."""
    for number in range(24):
        repository.write(**{f"part{number}": BARE})
    batches = [[f"part{number}.py" for number in range(24) if number % 4 == batch] for batch in range(4)]
    command = ["oailint", "--fix", "--exit-non-zero-on-fix"]
    started = [
        subprocess.Popen(
            [*command, *batch],
            cwd=repository.folder,
            env=repository.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for batch in batches
    ]
    told = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [1] * 4, told
    assert all("Fixed 6" in text for text in told), told
    after = {repository.read(f"part{number}.py") for number in range(24)}
    assert len(after) == 1
    assert repository.run("oailint", ".").status == 0
