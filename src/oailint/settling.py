"""Fixing in memory: round by round, until nothing changes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from oailint.analysis import relocate
from oailint.codec import Packed
from oailint.codec import encode as pack
from oailint.facts import Broken, FileFacts, Import
from oailint.findings import Finding, Problem, Report
from oailint.fixing import Workspace, declared, rounds
from oailint.projects import Project
from oailint.run import Checked, Run, in_order
from oailint.sources import decode, display, encode, read
from oailint.sources.writing import Content

MOST_ROUNDS = 10

_Kind = tuple[str, ...]
_NO_HELP: _Kind = ("",)


class Settling(Struct):
    """The texts while they are fixed. Paths are absolute, or names where nothing is on disk.

    ``unsafe`` carries out unsafe plans too; ``may_create`` allows new modules.
    """

    unsafe: bool
    may_create: bool
    texts: dict[str, str] = field(default_factory=dict)
    loaded: Packed = field(default_factory=lambda: Packed({}))
    created: dict[str, list[str]] = field(default_factory=dict)
    applied: list[tuple[_Kind, frozenset[str]]] = field(default_factory=list)
    """For each finding that was fixed, what tells it from others, and the files that were changed for it."""
    problems: list[Problem] = field(default_factory=list)
    refused: dict[_Kind, str] = field(default_factory=dict)
    _old: dict[str, bytes] = field(default_factory=dict)
    _changed: dict[str, bytes] = field(default_factory=dict)
    _given_up: set[_Kind] = field(default_factory=set)

    @property
    def fixed(self) -> int:
        """How many findings were fixed."""
        return sum(kind != _NO_HELP for kind, _ in self.applied)

    def take(self, path: str, data: bytes | Broken) -> None:
        """Work on ``data`` as the content of the file ``path``."""
        if isinstance(data, bytes):
            self._old[path] = data

    def contents(self) -> Mapping[str, bytes]:
        """The content of each file now."""
        return {**self._old, **self._changed}

    def changes(self) -> list[Content]:
        """The files that are not as they were."""
        return [
            Content(path, data, self._old.get(path))
            for path, data in sorted(self._changed.items())
            if data != self._old.get(path)
        ]

    def give_up(self, paths: set[str]) -> None:
        """The changes of these files are not made."""
        for path in paths:
            self._changed.pop(path, None)
            self.texts.pop(path, None)
        self.created = {root: [one for one in made if one not in paths] for root, made in self.created.items()}
        self.loaded = Packed({path: pack(self.loaded[path]) for path in self.loaded if path not in paths})
        self.applied = [(key, files) for key, files in self.applied if paths.isdisjoint(files)]

    # --- rounds ---------------------------------------------------------------------------------

    def settle(self, check: Callable[[Settling], Run]) -> Run:
        """Fix round by round until nothing changes; the last check."""
        run = check(self)
        for _ in range(MOST_ROUNDS):
            before = _counts(run)
            applied = Counter[_Kind]()
            self.loaded = run.loaded
            for checked in run.checked:
                applied += self._round(checked, run)
            if not applied:
                return run
            run = check(self)
            self._see_what_helped(before, applied, _counts(run))
        if any(self._round(checked, run, rehearse=True) for checked in run.checked):
            self.problems.append(Problem("", 1, 1, f"fixes do not settle: after {MOST_ROUNDS} rounds there are more"))
        return run

    def _round(self, checked: Checked, run: Run, *, rehearse: bool = False) -> Counter[_Kind]:
        """Carry out what can be done at once in one project; how many of each kind of finding were fixed."""
        project = checked.project
        facts: dict[str, bytes] = {}
        bad: list[str] = []

        def sound(key: str, text: str) -> bool:
            path = _path(project, key)
            result = self._sound(path, text)
            if isinstance(result, str):
                bad.append(f"{key}\0{result}")
                return False
            facts[path] = result
            return True

        findings = [one for one in checked.findings if _kind(project, one) not in self._given_up]
        done = rounds.carry_out(
            self.workspace(checked), findings, lambda plan: rounds.may_apply(plan, unsafe=self.unsafe), sound
        )
        if rehearse:
            return Counter(_kind(project, one) for one, _ in done.applied)
        for entry in bad:
            key, _, reason = entry.partition("\0")
            self.problems.append(Problem(run.name_of(project, key), 1, 1, f"fixes were undone: {reason}"))
            self._given_up |= {_kind(project, one) for one in findings if one.location.path == key}
        for key, text in done.texts.items():
            self._change(project, key, text)
        changed = [_path(project, key) for key in done.texts]
        self.loaded = self.loaded.updated(Packed({path: facts[path] for path in changed}))
        for one, keys in done.applied:
            self.applied.append((_kind(project, one), frozenset(_path(project, key) for key in keys)))
        return Counter(_kind(project, one) for one, _ in done.applied)

    def _change(self, project: Project, key: str, text: str) -> None:
        path = _path(project, key)
        old = self._old.get(path)
        data = text.encode("utf-8", "surrogatepass") if old is None else encode(text, old)
        assert data is not None  # it was found to be sound
        self.texts[path] = text
        self._changed[path] = data
        if key not in project.files:
            self.created.setdefault(project.root, []).append(path)

    def _sound(self, path: str, text: str) -> bytes | str:
        """The facts of a new text, packed; or what is wrong with it."""
        from oailint.syntax.extract import extract

        old = self._old.get(path)
        if old is not None and encode(text, old) is None:
            return "the file's encoding cannot hold the new text"
        found = extract(text, max_size=None)
        if isinstance(found, Broken):
            return f"line {found.line} would not be Python: {found.reason}"
        before = self.text(path)
        if (before is None or _compiles(before)) and not _compiles(text):
            return "the new text would not compile"
        return pack(found)

    def _see_what_helped(self, before: Counter[_Kind], applied: Counter[_Kind], after: Counter[_Kind]) -> None:
        """Fixes that left as many findings as there were are not counted, nor tried again."""
        for kind, number in applied.items():
            excess = min(after[kind] - (before[kind] - number), number)
            if excess > 0:
                self._given_up.add(kind)
                for _ in range(excess):
                    last = max(index for index, (one, _) in enumerate(self.applied) if one == kind)
                    self.applied[last] = (_NO_HELP, self.applied[last][1])

    # --- texts ----------------------------------------------------------------------------------

    def text(self, path: str) -> str | None:
        """The present text of a file; None if there is none."""
        if path not in self.texts:
            data = self.contents().get(path)
            if data is None and os.path.isabs(path):
                found = read(path)
                data = found if isinstance(found, bytes) else None
            text = decode(data) if data is not None else None
            if not isinstance(text, str):
                return None
            self.texts[path] = text
        return self.texts[path]

    def workspace(self, checked: Checked) -> Workspace:
        """What may be changed in a project, and how."""
        project, config = checked.project, checked.config
        known: list[str] = []

        def form() -> str:
            if not known:
                imported = _imported(checked.facts.values()) if config.backoff == "auto" else ()
                known.append(declared.form(project.root, imported) if config.backoff == "auto" else config.backoff)
            return known[0]

        made = {_key(project, path) for path in self.created.get(project.root, ())}
        return Workspace(
            lambda key: self.text(_path(project, key)),
            frozenset(project.files) | made,
            frozenset(project.reported) | made,
            self.may_create,
            form,
            config.backoff_helper,
            config.src,
            _package(project.root),
            lambda key: display(_path(project, key), os.getcwd()),
        )

    def report(self, run: Run) -> Report:
        """The report of ``run`` with the edits of the fixes that it still has, and the problems of fixing."""
        report = run.finish()
        findings: list[Finding] = []
        for checked in run.checked:
            shown = checked.findings
            if any(one.plan is not None for one in shown):
                shown = rounds.with_fixes(self.workspace(checked), shown)
            findings += relocate(shown, lambda key, project=checked.project: run.name_of(project, key))  # type: ignore[misc]
        report.findings = in_order(findings)
        report.problems += self.problems
        report.problems.sort(key=lambda one: (one.path, one.line, one.column, one.message))
        return report


def _path(project: Project, key: str) -> str:
    return project.files.get(key) or os.path.normpath(os.path.join(project.root, key))


def _key(project: Project, path: str) -> str:
    return os.path.relpath(path, project.root).replace(os.sep, "/")


def _package(folder: str) -> str:
    """The dotted name of a folder that is a package; empty for one that is none."""
    names: list[str] = []
    while folder and os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        names.insert(0, name)
    return ".".join(names)


def _kind(project: Project, one: Finding) -> _Kind:
    """What a finding has in common with those that it cannot be told from after lines have moved."""
    return (project.root, one.location.path, one.code, one.subject, one.scope)


def _counts(run: Run) -> Counter[_Kind]:
    return Counter(_kind(checked.project, one) for checked in run.checked for one in checked.findings)


def _compiles(text: str) -> bool:
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<fixed>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    return True


def _imported(files: Iterable[FileFacts | Broken]) -> set[str]:
    """The top modules that files import."""
    return {
        statement.module.partition(".")[0]
        for facts in files
        if isinstance(facts, FileFacts)
        for scope in facts.scopes
        for statement in scope.statements
        if isinstance(statement, Import) and not statement.level
    }
