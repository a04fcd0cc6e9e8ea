"""Reads the rule documents in ``rules/``: their headings, and the cases that they hold as code blocks.

A case is a ``###`` section: a small project, one file for each block. The first line of a block is ``# file: path``.
``# error: OAI101, OAI401`` at the end of a line says what is reported there, ``# missed: OAI101`` what should be and
is not; everything else must be silent. Keys are written as ``{{project-key}}`` and built when the case is run.

A block that begins with ``# fixed: path`` holds what ``--fix`` makes of that file (``# fixed (unsafe): path``: with
``--unsafe-fixes``), with markers at what is left to report; ``# backoff: form`` on the line below chooses the form.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "rules"
HEADINGS = ("What it does", "Why", "Reported", "Not reported", "Fix", "Known missed alarms", "Options")

PREFIXES = {
    "openai": "sk-",
    "project": "sk-proj-",
    "service": "sk-svcacct-",
    "groq": "gsk_",
    "anthropic": "sk-ant-",
}
KEY_KINDS = (*PREFIXES, "azure")

_MARKER = re.compile(r"\s*# (error|missed): (OAI\d{3}(?:, OAI\d{3})*)$")
_FILE = re.compile(r"# file: (\S+)$")
_FIXED = re.compile(r"# fixed( \(unsafe\))?: (\S+)$")
_BACKOFF = re.compile(r"# backoff: (\w+)$")
_FENCE = re.compile(r"```(\w*)$")
_KEY = re.compile(r"\{\{([a-z]+)-key\}\}")

Place = tuple[str, int, str]
"""A file, a line and the code of a rule."""


class Malformed(ValueError):
    """A document that does not follow the format. The message names the line."""


@dataclass
class Case:
    """One project of a document. ``files`` holds the texts by path, as they are written; ``fixed`` those after fixes,
    which are ``unsafe`` ones too if it says so."""

    document: str
    section: str
    title: str
    files: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    unsafe: bool = False
    backoff: str = "stdlib"

    @property
    def id(self) -> str:
        return re.sub(r"[^\w.-]+", "-", f"{self.document}-{self.section}-{self.title}").strip("-")

    def marked(self, word: str) -> set[Place]:
        """The places that ``# error:`` or ``# missed:`` (as ``word`` says) names."""
        return {
            (path, number, code)
            for path, text in self.files.items()
            for number, line in enumerate(text.split("\n"), 1)
            if (found := _MARKER.search(line)) and found[1] == word
            for code in found[2].split(", ")
        }

    def after(self) -> Case:
        """The case as it is after its fixes."""
        return Case(self.document, self.section, self.title, {**self.files, **self.fixed})

    def plain(self) -> dict[str, str]:
        """The files without the markers and with keys in the place of the names of keys."""
        return {path: _with_keys(_without_markers(text)) for path, text in self.files.items()}

    def suppressed(self) -> dict[str, str]:
        """The files with a suppression in the place of each ``# error:``.

        What is wrong with a suppression is suppressed for the whole file, in place of the line that names the file.
        """
        return {path: _with_keys(_without_markers(_with_suppressions(text))) for path, text in self.files.items()}


@dataclass
class Document:
    """A document: its title, its headings in order, and its cases."""

    path: Path
    title: str
    headings: list[str]
    cases: list[Case]


def read(path: Path) -> Document:
    """The document in the file ``path``. Raises Malformed."""
    return parse(path.read_text(encoding="utf-8"), path)


def parse(text: str, path: Path) -> Document:
    """The document ``text``. Raises Malformed."""
    document = Document(path, "", [], [])
    section, case = "", None
    lines = iter(enumerate(text.split("\n"), 1))
    for number, line in lines:
        fence = _FENCE.match(line)
        if fence:
            content = list(_block(lines, number))
            if fence[1] in ("python", "toml"):
                if case is None:
                    raise Malformed(f"{path.name}:{number}: a code block outside of any case")
                _add_file(case, content, f"{path.name}:{number}")
        elif line.startswith("# "):
            document.title = line[2:]
        elif line.startswith("## "):
            section, case = line[3:], None
            document.headings.append(section)
        elif line.startswith("### "):
            case = Case(path.stem, section, line[4:])
            document.cases.append(case)
    empty = [case.title for case in document.cases if not case.files]
    if empty:
        raise Malformed(f"{path.name}: cases without code: {', '.join(empty)}")
    return document


def _block(lines: Iterator[tuple[int, str]], start: int) -> Iterator[str]:
    for _, line in lines:
        if line == "```":
            return
        yield line
    raise Malformed(f"line {start}: a code block without an end")


def _add_file(case: Case, content: list[str], where: str) -> None:
    fixed = _FIXED.match(content[0]) if content else None
    if fixed is not None:
        _add_fixed(case, content, bool(fixed[1]), fixed[2], where)
        return
    found = _FILE.match(content[0]) if content else None
    if found is None:
        raise Malformed(f"{where}: a code block must begin with `# file: path`")
    if found[1] in case.files:
        raise Malformed(f"{where}: the file {found[1]} is there twice")
    case.files[found[1]] = "\n".join(content) + "\n"


def _add_fixed(case: Case, content: list[str], unsafe: bool, path: str, where: str) -> None:
    if path in case.fixed or (case.fixed and unsafe != case.unsafe):
        raise Malformed(f"{where}: {path} is fixed twice, or safely and unsafely in one case")
    case.unsafe = unsafe
    del content[0]
    if content and (form := _BACKOFF.match(content[0])):
        case.backoff = form[1]
        del content[0]
    # The line that names a file is a part of it; a new file has none.
    head = [f"# file: {path}"] if path in case.files else []
    case.fixed[path] = "\n".join([*head, *content]) + "\n"


def _without_markers(text: str) -> str:
    return "\n".join(_MARKER.sub("", line) for line in text.split("\n"))


def _with_suppressions(text: str) -> str:
    lines = text.split("\n")
    for index, line in enumerate(lines):
        found = _MARKER.search(line)
        if found is None or found[1] != "error":
            continue
        codes = [code for code in found[2].split(", ") if code != "OAI002"]
        if len(codes) < len(found[2].split(", ")):
            lines[0] = "# oailint: ignore-file[OAI002]"
        if codes:
            lines[index] = f"{line[: found.start()]}  # oailint: ignore[{', '.join(codes)}] -- a reason"
    return "\n".join(lines)


def _with_keys(text: str) -> str:
    return _KEY.sub(lambda found: build_key(found[1]), text)


def build_key(kind: str) -> str:
    """A text with the shape of a key of this kind: the same at every call, and no key of anybody."""
    digits = random.Random(kind)
    if kind == "azure":
        return "".join(digits.choice("0123456789abcdef") for _ in range(32))
    body = "".join(digits.choice(string.ascii_letters + string.digits) for _ in range(48))
    return PREFIXES[kind] + body
