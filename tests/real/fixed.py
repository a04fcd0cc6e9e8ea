"""Fix copies of real projects, and say what is wrong with the outcome: ``python tests/real/fixed.py FOLDER...``.

Each folder is copied, fixed with ``--fix --unsafe-fixes``, and checked again. Told are files that do not compile any
more, findings and errors of ruff's F rules that were not there before, changes of a second run, lines that were touched
and belong to no fix, and findings with neither a fix nor the reason why there is none. At the end stand for each rule
the findings, those with a fix, and the reasons of the others.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import oailint
from oailint import repair
from oailint.config import Config
from oailint.findings import BackOff, Finding, Location
from oailint.rules import RULES
from oailint.settings import Options

FIXABLE = {rule.code for rule in RULES if rule.fixable}
_NAMES = re.compile(r"`[^`]*`")


@dataclass
class Outcome:
    """What became of a project. ``wrong`` should be empty; the counters are by rule."""

    wrong: list[str] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    offered: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    fixed: int = 0
    files: int = 0

    def add(self, other: Outcome) -> None:
        """Take in the figures of another project."""
        self.found += other.found
        self.offered += other.offered
        self.reasons += other.reasons
        self.fixed += other.fixed
        self.files += other.files


def fix_a_copy(source: Path, work: Path) -> Outcome:
    """Fix a copy of ``source``, made below ``work``, and compare what is before and after."""
    folder = work / source.name
    ignored = shutil.ignore_patterns(".git", "node_modules")
    shutil.copytree(source, folder, symlinks=True, ignore=ignored, ignore_dangling_symlinks=True)
    outcome = Outcome()
    options = Options(config=Config(), use_cache=False)
    with _inside(folder):
        before = repair.show(["."], options).report
        texts, errors = _texts(folder), _errors(folder)
        done = repair.execute(["."], options, unsafe=True, write=True)
        new, new_errors = _texts(folder), _errors(folder)
        repair.execute(["."], options, unsafe=True, write=True)
        again = _texts(folder)
    for one in before.findings:
        outcome.found[one.code] += 1
        outcome.offered[one.code] += one.fix is not None
        if one.fix is None:
            outcome.reasons[one.code, _NAMES.sub("`...`", one.unfixable)] += 1
    outcome.fixed = done.report.statistics.fixed
    changed = sorted(path for path in new if new[path] != texts.get(path))
    outcome.files = len(changed)
    outcome.wrong += [
        *(
            f"no reason: {_shown(one)}"
            for one in before.findings
            if one.code in FIXABLE and not (one.fix or one.unfixable)
        ),
        *(f"problem: {one.path}:{one.line}: {one.message}" for one in set(done.report.problems) - set(before.problems)),
        *(
            f"does not compile: {path}"
            for path in changed
            if _compiles(texts.get(path, b"")) and not _compiles(new[path])
        ),
        *(f"changes again: {path}" for path in again if again[path] != new.get(path)),
        *_more("finding", _kinds(before.findings), _kinds(done.report.findings)),
        *_more("ruff", errors, new_errors),
        *_strays(before.findings, texts, new, changed),
    ]
    return outcome


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    present = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(present)


def _shown(one: Finding) -> str:
    return f"{one.code} {one.location.path}:{one.location.span.line} {one.message}"


def _texts(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.py") if path.is_file()}


def _compiles(content: bytes) -> bool:
    try:
        compile(content, "<file>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _kinds(findings: Iterable[Finding]) -> Counter[str]:
    return Counter(f"{one.code} {one.location.path}" for one in findings)


def _more(what: str, before: Counter[str], after: Counter[str]) -> Iterator[str]:
    for kind, number in sorted((after - before).items()):
        yield f"{number} more of {what}: {kind}"


def _errors(folder: Path) -> Counter[str]:
    command = [sys.executable, "-I", "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "F", "--exit-zero"]
    done = subprocess.run(
        [*command, "--output-format", "json", "."], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"ruff fails on {folder}: {done.stderr}")
    return Counter(
        f"{one['code']} {os.path.relpath(one['filename'], folder)} {re.sub(r'line [0-9]+', 'line N', one['message'])}"
        for one in json.loads(done.stdout)
    )


def _strays(
    findings: Iterable[Finding], old: dict[str, bytes], new: dict[str, bytes], changed: Iterable[str]
) -> Iterator[str]:
    """Lines that are gone or different though no fix names them."""
    named: dict[str, set[int]] = {}

    def place(location: Location) -> None:
        span = location.span
        last = span.end_line + (span.end_column > 1)  # what ends at the start of a line leaves that line alone
        named.setdefault(location.path, set()).update(range(span.line, last))

    for one in findings:
        for edit in one.fix.edits if one.fix is not None else ():
            place(edit.location)
        if one.plan is not None:
            for leftover in one.plan.leftovers:
                place(leftover)
            for change in one.plan.changes:
                if isinstance(change, BackOff) and change.constructor is not None:
                    place(change.constructor)  # it is made quiet if all requests through it are wrapped
    for path in changed:
        before = old.get(path, b"").splitlines(keepends=True)
        matcher = difflib.SequenceMatcher(None, before, new[path].splitlines(keepends=True), autojunk=False)
        for kind, start, end, _, _ in matcher.get_opcodes():
            if kind in ("replace", "delete"):
                for line in sorted(set(range(start + 1, end + 1)) - named.get(path, set())):
                    yield f"stray: {path}:{line}: {before[line - 1].decode(errors='replace').strip()}"


def main(folders: list[str]) -> int:
    """Fix copies of ``folders``; whether anything is wrong."""
    print(f"oailint {oailint.__version__}")
    total, is_wrong = Outcome(), False
    for folder in folders:
        with tempfile.TemporaryDirectory() as work:
            outcome = fix_a_copy(Path(folder).resolve(), Path(work))
        print(f"{Path(folder).name}: {outcome.fixed} fixed in {outcome.files} files", flush=True)
        for line in outcome.wrong:
            print(f"  {line}")
        is_wrong = is_wrong or bool(outcome.wrong)
        total.add(outcome)
    print(f"\n{total.fixed} fixed in {total.files} files")
    for code, number in sorted(total.found.items()):
        print(f"{code}: {total.offered[code]} of {number} with a fix")
        for (one, reason), times in total.reasons.most_common():
            if one == code:
                print(f"    {times} without: {reason}")
    return int(is_wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
