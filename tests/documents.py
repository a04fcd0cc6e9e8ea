"""The documents for readers: their blocks of code, what those do, links and anchors.

A document is a walk. It begins in a folder that holds a copy of ``examples/``. A block whose first line is a comment
with the name of a file (``# app/llm.py``) is that file. A ``console`` block is a command and what it prints.
``docs/adoption.md`` begins in a git repository that holds the program of the examples, and its ``sh`` blocks are run.

``python tests/documents.py`` writes what is printed today into the documents, and ``docs/rules.md``.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import rules_page
from hooks.repositories import Repository, environment

ROOT = Path(__file__).parents[1]
PLACE = "example.com/OWNER/oailint"
"""Where oailint comes from, as far as the documents know."""

ADOPTION = ROOT / "docs" / "adoption.md"
PYPROJECT = '[project]\nname = "newsroom"\nversion = "1.0"\ndependencies = ["httpx", "openai", "tenacity"]\n'

_REGISTRY = re.compile(r"^(?:python3 -m pip|pre-commit) .*\n", re.MULTILINE)
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# ([\w./-]+\.(?:py|toml|yml|yaml))\n")
_HEADING = re.compile(r"^(#{1,6}) (.+)$", re.MULTILINE)
_INLINE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]+)\)")
_OURS = "[tool.oailint"


@dataclass(frozen=True)
class Block:
    """A block of code: what it is written in, its text without the indentation of the block, and its line."""

    language: str
    text: str
    line: int

    @property
    def file(self) -> str:
        """The name of the file that it holds; empty if it is none."""
        found = _FILE.match(self.text)
        return found[1] if found else ""

    @property
    def command(self) -> str:
        """Of a ``console`` block: the command that is typed."""
        first, _, _ = self.text.partition("\n")
        return first.removeprefix("$ ")


def readers() -> list[Path]:
    """The documents that are written for users."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def every() -> list[Path]:
    """All documents of the repository."""
    return [*readers(), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "rules").glob("*.md"))]


def name(document: Path) -> str:
    """How tests call a document."""
    return document.relative_to(ROOT).as_posix()


def read(document: Path) -> str:
    """The text of a document."""
    return document.read_text(encoding="utf-8")


def blocks(text: str, *languages: str) -> list[Block]:
    """The blocks of a document, of these languages only if any are named."""
    found = []
    for one in _FENCE.finditer(text):
        content = re.sub(rf"^{one[1]}", "", one[3], flags=re.MULTILINE)
        found.append(Block(one[2], content, text.count("\n", 0, one.start()) + 1))
    return [one for one in found if not languages or one.language in languages]


def prose(text: str) -> str:
    """A document without its blocks."""
    return _FENCE.sub("", text)


def inline(text: str) -> list[str]:
    """The pieces of code in the prose of a document."""
    return [one.strip("`") for one in _INLINE.findall(prose(text))]


def links(text: str) -> list[str]:
    """Where the links of a document lead."""
    return [target for _, target in _LINK.findall(_INLINE.sub("", prose(text)))]


def anchors(text: str) -> list[str]:
    """The anchors that GitHub gives the headings of a document."""
    found: list[str] = []
    for _, title in _HEADING.findall(prose(text)):
        plain = _LINK.sub(r"\1", title).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = sum(re.fullmatch(rf"{re.escape(slug)}(-\d+)?", one) is not None for one in found)
        found.append(f"{slug}-{number}" if number else slug)
    return found


def calls(script: str) -> Iterator[list[str]]:
    """The arguments of each call of oailint in a script for a shell."""
    lines = script.replace("\\\n", " ").splitlines()
    for line in lines:
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.commenters = "#"
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if word and not word.strip("();<>|&"):
                yield from _call(words)
                words = []
            else:
                words.append(word)


def _call(words: list[str]) -> Iterator[list[str]]:
    while words and (re.fullmatch(r"\w+=.*", words[0]) or words[0] in ("if", "!", "then", "do", "$")):
        words = words[1:]
    if words[1:3] == ["-m", "oailint"]:
        yield words[3:]
    elif words and re.fullmatch(r"(.*/)?oailint", words[0]):
        yield words[1:]


def offline(script: str) -> str:
    """A script without the lines that need a registry."""
    return _REGISTRY.sub("", script)


@dataclass
class Walk:
    """Does what a document says, in ``folder``. ``env`` is the environment of the commands."""

    folder: Path
    env: Mapping[str, str]
    python: str = sys.executable

    def write(self, block: Block) -> None:
        """Write a block into its file. In a pyproject.toml it takes the place of oailint's table."""
        target = self.folder / block.file
        target.parent.mkdir(parents=True, exist_ok=True)
        before = ""
        if target.name == "pyproject.toml" and target.exists():
            before = target.read_text(encoding="utf-8").partition(_OURS)[0]
        target.write_text(before + block.text.partition("\n")[2].lstrip("\n"), encoding="utf-8")

    def shell(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run lines in a shell, which ends with the first that fails."""
        return self._run(["sh", "-e", "-c", script])

    def output(self, command: str) -> str:
        """What a terminal shows of a command (``oailint ...``)."""
        program, *arguments = shlex.split(command)
        assert program == "oailint", command
        if not {"--output-format", "--statistics", "--diff"} & set(arguments):
            arguments += ["--output-format", "full"]
        result = self._run([self.python, "-m", "oailint", *arguments])
        assert result.returncode in (0, 1), result.stdout
        return result.stdout

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        env = {**self.env, "OAILINT_CACHE_DIR": str(self.folder.parent / "cache")}
        env |= {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "GITHUB_STEP_SUMMARY": ""}
        return subprocess.run(
            command, cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", check=False,
        )  # fmt: skip

    def follow(self, text: str, script: Callable[[str], str] | None = None) -> Iterator[tuple[Block, str]]:
        """Go through a document. Gives its ``console`` blocks, each with what it would be today.

        Its ``sh`` blocks are run if there is a ``script``, which says what to run of each.
        """
        for block in blocks(text):
            if block.language == "console":
                yield block, f"$ {block.command}\n{self.output(block.command)}"
            elif block.file:
                self.write(block)
            elif block.language == "sh" and script is not None:
                done = self.shell(script(block.text))
                assert done.returncode == 0, f"line {block.line}: {block.text}{done.stdout}"


def begin(document: Path, folder: Path) -> Walk:
    """A walk through a document that begins in ``folder``, which is made."""
    env = environment(folder.parent)
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    if document != ADOPTION:
        shutil.copytree(ROOT / "examples", folder / "examples", ignore=ignored)
        return Walk(folder, env)
    shutil.copytree(ROOT / "examples" / "newsroom", folder / "newsroom", ignore=ignored)
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (folder / ".gitignore").write_text("__pycache__/\n", encoding="utf-8")
    repository = Repository(folder, env)
    repository.run("git", "init", "--quiet")
    repository.run("git", "add", "--all")
    repository.run("git", "commit", "--quiet", "-m", "What there is")
    return Walk(folder, env)


def today(document: Path, folder: Path) -> list[tuple[Block, str]]:
    """The ``console`` blocks of a document, each with what it would be today."""
    walk = begin(document, folder)
    return list(walk.follow(read(document), offline if document == ADOPTION else None))


def update() -> None:
    """Write what is printed today into the documents, and the page of the rules."""
    (ROOT / "docs" / "rules.md").write_text(rules_page.render(), encoding="utf-8")
    for document in readers():
        with tempfile.TemporaryDirectory() as base:
            text = read(document)
            for block, told in today(document, Path(base) / "walk"):
                text = text.replace(f"```console\n{block.text}```", f"```console\n{told}```", 1)
        document.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    update()
