"""The use cases that fix: rounds in memory until nothing changes, and only then writing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from oailint.baseline import Seen
from oailint.config import Config
from oailint.excerpts import Excerpts
from oailint.findings import Problem, Report
from oailint.fixing.diffs import Side, unified
from oailint.projects import Project
from oailint.run import STDIN, Run
from oailint.settings import Options
from oailint.settling import Settling
from oailint.sources import Discovery, decode, display, read
from oailint.sources.writing import NotWritten, write_all


class Change(Struct, frozen=True):
    """A file before (None: it did not exist) and after, and what reports call it."""

    path: str
    shown: str
    old: bytes | None
    new: bytes


class Repaired(Struct, frozen=True):
    """The report on what is left, and the changes that were made, or would be. ``excerpts`` hold the source lines after
    them, ``seen`` what was found in each file."""

    report: Report
    excerpts: Excerpts
    changes: list[Change]
    seen: Sequence[Seen] = ()


class Fixed(Struct, frozen=True):
    """A text with its fixes carried out: the new ``text``, and the ``report`` on what is left in it."""

    text: str
    report: Report


def fix_source(text: str, *, filename: str = "<string>", config: Config | None = None, unsafe: bool = False) -> Fixed:
    """Fix one module given as text, on its own: nothing is read from disk and nothing is written.

    ``unsafe`` carries out unsafe fixes too. ``report.statistics.fixed`` says how many findings were fixed. Raises
    ``oailint.config.ConfigError`` if ``config`` names unknown rules.
    """
    from oailint.syntax.extract import extract

    mark = "\ufeff" if text.startswith("\ufeff") else ""
    options = Options(config=config or Config())
    project = Project("", {filename}, {filename: filename})

    def check(state: Settling) -> Run:
        run = Run(options)
        run.check(project, {filename: extract(state.texts[filename], max_size=None)})
        return run

    state = Settling(unsafe, may_create=False, texts={filename: text.removeprefix("\ufeff")})
    report = state.settle(check).finish()
    report.statistics.fixed = state.fixed
    report.problems += state.problems
    return Fixed(mark + state.texts[filename], report)


def execute(paths: Sequence[str], options: Options, *, unsafe: bool, write: bool) -> Repaired:
    """Fix what is found in ``paths``; without ``write`` only in memory. Raises ConfigError as ``run.execute`` does."""
    first = Run(options)
    found = first.discover(paths)
    state = Settling(unsafe, may_create=True)
    for path in found.files:
        config = first.config_of(os.path.dirname(path))
        state.take(path, read(path, None if path in found.named else config.max_file_size))
    return _repair(state, options, found, write=write)


def execute_stdin(data: bytes, filename: str | None, options: Options, *, unsafe: bool) -> Repaired:
    """Fix ``data`` as the content of ``filename``, as ``run.execute_stdin`` checks it: nothing is written."""
    path = os.path.normpath(os.path.join(os.getcwd(), filename or STDIN))
    state = Settling(unsafe, may_create=False)
    state.take(path, data)
    return _repair(state, options, Discovery(files=[path], named={path}), write=False, alone=filename is None)


def show(paths: Sequence[str], options: Options, stdin: bytes | None = None, filename: str | None = None) -> Repaired:
    """Check, and change nothing: the findings hold their fixes as edits."""
    state = Settling(False, may_create=True)
    if stdin is None:
        found = Run(options).discover(paths)
    else:
        path = os.path.normpath(os.path.join(os.getcwd(), filename or STDIN))
        found = Discovery(files=[path], named={path})
        state.take(path, stdin)
    run = _check(state, options, found, stdin is not None and filename is None)
    return Repaired(state.report(run), run.excerpts, [], run.seen)


def _check(state: Settling, options: Options, found: Discovery, alone: bool) -> Run:
    run = Run(options, state.loaded, state.created)
    run.check_found(found, state.contents(), alone=alone)
    return run


def _repair(state: Settling, options: Options, found: Discovery, *, write: bool, alone: bool = False) -> Repaired:
    # Fixes add imports, and choose by those of the whole project: nothing is passed over.
    options = replace(options, screen=False)
    with options.stage("fixing"):
        run = state.settle(lambda state: _check(state, options, found, alone))
    if write and _write(state):
        run = _check(state, options, found, alone)  # what could not be written is not fixed
    report = state.report(run)
    report.statistics.fixed = state.fixed
    changes = [Change(one.path, display(one.path, run.cwd), one.old, one.new) for one in state.changes()]
    return Repaired(report, run.excerpts, changes, run.seen)


def _write(state: Settling) -> bool:
    """Write the changes, those that belong together all or not at all. Whether any could not be written."""
    failed = False
    for paths in _together(files for _, files in state.applied):
        contents = [one for one in state.changes() if one.path in paths]
        try:
            write_all(sorted(contents, key=lambda one: (one.old is not None, one.path)))
        except NotWritten as error:
            failed = True
            state.problems.append(Problem(display(error.path, os.getcwd()), 1, 1, f"{error}"))
            state.give_up(paths)
    return failed


def _together(groups: Iterable[frozenset[str]]) -> list[set[str]]:
    """The files that have changes in common, directly or through others."""
    found: list[set[str]] = []
    for group in groups:
        touching = [one for one in found if not one.isdisjoint(group)]
        found = [one for one in found if one.isdisjoint(group)]
        found.append(set(group).union(*touching))
    return sorted(found, key=min)


def diff(repaired: Repaired) -> tuple[str, bool]:
    """The changes as a unified diff, with keys masked, and whether any was, so that the diff cannot be applied."""
    pieces, is_masked = [], False
    for change in repaired.changes:
        old = _side(change.shown, change.old) if change.old is not None else Side("/dev/null", "")
        text, masked = unified(old, _side(change.shown, change.new))
        pieces.append(text)
        is_masked = is_masked or masked
    return "".join(pieces), is_masked


def _side(name: str, data: bytes) -> Side:
    from oailint.syntax.extract import extract

    text = decode(data)
    assert isinstance(text, str)  # it was read, or written, as text
    excerpts = Excerpts()
    excerpts.add(name, name, lambda: extract(text, max_size=None), data)
    return Side(name, text, excerpts.lines(name))
