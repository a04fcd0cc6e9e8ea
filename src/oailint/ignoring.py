"""The use case that writes suppression comments for what is reported."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from oailint import suppressions
from oailint.codec import Packed
from oailint.codec import encode as pack
from oailint.excerpts import Excerpts
from oailint.facts import FileFacts
from oailint.findings import Finding, Problem, Report
from oailint.run import Run
from oailint.settings import Options
from oailint.silencing import silence
from oailint.sources import Discovery, decode, display, encode, read
from oailint.sources.writing import Content, NotWritten, write_all

NEVER = frozenset({"OAI001", suppressions.UNUSED})
"""A file without syntax has no comments, and an unused suppression is to go rather than to get another."""

_Kind = tuple[str, str, str]


class Ignored(Struct, frozen=True):
    """The report on what is left, and for how many findings comments were written, in which ``files``."""

    report: Report
    excerpts: Excerpts
    number: int
    files: list[str]


class _Texts(Struct):
    """The files of a run: what they ``held``, what they are to hold where that is ``new``, and its facts."""

    held: dict[str, bytes] = field(default_factory=dict)
    new: dict[str, bytes] = field(default_factory=dict)
    facts: dict[str, FileFacts] = field(default_factory=dict)

    def drop(self, path: str) -> None:
        self.new.pop(path, None)
        self.facts.pop(path, None)


def execute(paths: Sequence[str], options: Options) -> Ignored:
    """Write a suppression for each finding in ``paths`` that can have one. Raises ConfigError as ``run.execute`` does.

    A file is left as it is, and told as a problem, if it changed since it was read or cannot be written.
    """
    first = Run(options)
    found = first.discover(paths)
    texts = _Texts()
    for path in found.files:
        data = read(path, None if path in found.named else first.config_of(os.path.dirname(path)).max_file_size)
        if isinstance(data, bytes):
            texts.held[path] = data
    first.check_found(found, texts.held)
    for checked in first.checked:
        by_file: dict[str, list[Finding]] = defaultdict(list)
        for finding in checked.findings:
            if finding.code not in NEVER:
                by_file[finding.location.path].append(finding)
        for key, findings in by_file.items():
            facts = checked.facts.get(key)
            if isinstance(facts, FileFacts):
                _silence(checked.project.files[key], findings, facts, texts)
    before = _kinds(first)
    last = _checked_again(options, found, texts, before, first.loaded)
    problems = _write(texts)
    if problems:
        last = _check(options, found, texts, first.loaded)
    report = last.finish()
    report.problems += problems
    report.problems.sort(key=lambda one: (one.path, one.line, one.column, one.message))
    number = (before - _kinds(last)).total()
    return Ignored(report, last.excerpts, number, [display(path, last.cwd) for path in sorted(texts.new)])


def _silence(path: str, findings: list[Finding], facts: FileFacts, texts: _Texts) -> None:
    text = decode(texts.held[path])
    silenced = silence(text, facts, findings) if isinstance(text, str) else None
    if silenced is not None:
        data = encode(silenced[0], texts.held[path])
        if data is not None:
            texts.new[path], texts.facts[path] = data, silenced[1]


def _checked_again(options: Options, found: Discovery, texts: _Texts, before: Counter[_Kind], loaded: Packed) -> Run:
    """The run over the new texts. A file in which anything would be found that was not there stays as it was."""
    while True:
        run = _check(options, found, texts, loaded)
        bad = {path for path, _, _ in _kinds(run) - before if path in texts.new}
        if not bad:
            return run
        for path in bad:
            texts.drop(path)


def _check(options: Options, found: Discovery, texts: _Texts, loaded: Packed) -> Run:
    run = Run(options, loaded.updated(Packed({path: pack(facts) for path, facts in texts.facts.items()})))
    contents: Mapping[str, bytes] = {**texts.held, **texts.new}
    run.check_found(found, contents)
    return run


def _kinds(run: Run) -> Counter[_Kind]:
    """What is found, but for places, which move."""
    return Counter(
        (checked.project.files[one.location.path], one.code, one.subject)
        for checked in run.checked
        for one in checked.findings
    )


def _write(texts: _Texts) -> list[Problem]:
    problems = []
    for path, data in sorted(texts.new.items()):
        try:
            write_all([Content(path, data, texts.held[path])])
        except NotWritten as error:
            problems.append(Problem(display(path, os.getcwd()), 1, 1, str(error)))
            texts.drop(path)
    return problems
