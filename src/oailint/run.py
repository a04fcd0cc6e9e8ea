"""The use cases: paths or a text in, a Report out."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct

from oailint.analysis import Analysis, Judged, conclude, relocate
from oailint.baseline import Baselines, Seen
from oailint.cache import Cache, default_folder
from oailint.codec import Packed, broken_in
from oailint.config import Config
from oailint.excerpts import Excerpts
from oailint.facts import Broken, FileFacts
from oailint.findings import Finding, Problem, Report
from oailint.gathering import Gathering
from oailint.incremental import Memory, Task, keep, start
from oailint.loading import Item
from oailint.processes import Processes
from oailint.projects import Project, Projects, is_below
from oailint.results import Outcome as Judgement
from oailint.results import together
from oailint.selection import FileIgnores
from oailint.settings import Options, Settings, for_project
from oailint.sources import Discovery, Walker, display
from oailint.workers import processes

STDIN = "-"
"""What reports call standard input that was given no name."""
BATCH_FILES = 600
"""So many files of projects, or those of one project, are held at once."""


class Outcome(Struct, frozen=True):
    """A report, with the source lines that a reporter may quote, and what was found in each file."""

    report: Report
    excerpts: Excerpts
    seen: Sequence[Seen] = ()


def lint(paths: Sequence[str | os.PathLike[str]], *, config: Config | None = None) -> Report:
    """Check files and folders, and return what was found.

    ``config`` is in force for every file; without it each file has the configuration nearest to it, as on the command
    line. Raises ``oailint.config.ConfigError`` if a configuration is wrong. A file that cannot be read, or a path
    that does not exist, is a problem in the report.
    """
    return execute([os.fspath(path) for path in paths], Options(config=config)).report


def check_source(text: str, *, filename: str = "<string>", config: Config | None = None) -> Report:
    """Check one module given as text, on its own: nothing is read from disk.

    ``filename`` is what the report calls it. Raises ``oailint.config.ConfigError`` if ``config`` names unknown rules.
    """
    from oailint.syntax.extract import extract

    facts = extract(text.removeprefix("\ufeff"), max_size=None)
    run = Run(Options(config=config or Config()))
    run.check(Project(os.getcwd(), {filename}, {filename: filename}), {filename: facts})
    return run.finish()


def execute(paths: Sequence[str], options: Options) -> Outcome:
    """Check ``paths`` as ``options`` say. Raises ConfigError if the configuration is wrong."""
    run = Run(options, remember=True)
    with no_collection():
        run.check_found(run.discover(paths), {})
    return Outcome(run.finish(), run.excerpts, run.seen)


def execute_stdin(data: bytes, filename: str | None, options: Options) -> Outcome:
    """Check ``data`` as the content of ``filename``, which need not exist, in the project it would belong to.

    Without a filename it is a project of its own. Raises ConfigError if the configuration is wrong.
    """
    run = Run(options, remember=True)
    path = os.path.normpath(os.path.join(run.cwd, filename or STDIN))
    with no_collection():
        run.check_found(Discovery(files=[path], named={path}), {path: data}, alone=filename is None)
    return Outcome(run.finish(), run.excerpts)


def discover(paths: Sequence[str], options: Options) -> tuple[list[str], list[Problem]]:
    """The files that ``execute`` would check, as reports show them, and the problems met on the way to them."""
    run = Run(options)
    found = run.discover(paths)
    return [display(path, run.cwd) for path in found.files], found.problems


class Checked(Struct, frozen=True):
    """A project with its configuration, the facts of its files, and its findings; paths in these are keys."""

    project: Project
    config: Config
    facts: Mapping[str, FileFacts | Broken]
    findings: list[Finding]


class _Case:
    """A project with the facts of its files that are wanted, which it ``divided`` as its task says, if it has one."""

    def __init__(self, project: Project, task: Task | None, facts: Packed) -> None:
        self.project = project
        self.task = task
        self.facts = facts
        self.broken: Mapping[str, Broken] = dict(broken_in(facts)) if task is None else {}
        self.divided = task.divide(facts) if task is not None else ([], False)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to be judged."""
        return self.task is not None and not self.divided[0]


class Run:
    """One run over some projects, and the report that it fills.

    ``loaded`` are facts by path, of files that need not be read; ``added`` are files by the root of their project that
    belong to it though they are not on disk. ``checked`` fills with what the report is made of, ``loaded`` with facts,
    and ``seen`` with what was found file by file where a baseline is to be written. With ``remember`` findings of
    earlier runs are taken over where nothing has changed, and facts are let go of, so that ``checked`` and ``loaded``
    lack them. ``memory`` is where both are remembered then, in place of the cache; ``loaded`` is that of the memory.
    """

    def __init__(
        self,
        options: Options,
        loaded: Packed | None = None,
        added: Mapping[str, Sequence[str]] | None = None,
        *,
        remember: bool = False,
        memory: Memory | None = None,
    ) -> None:
        from oailint.rules import RULES

        self.cwd = os.getcwd()
        self.excerpts = Excerpts()
        self.checked: list[Checked] = []
        self.seen: list[Seen] = []
        self.loaded = memory.loaded if memory is not None else loaded or Packed({})
        self._options = options
        self._memory = memory
        is_kept = memory is not None or options.use_cache
        self._remember = remember and is_kept and not options.verbose  # notes are made in linking
        self._drops = remember and memory is None
        self._rules = RULES
        self._settings = Settings(options)
        self._settings.check_rules(RULES)
        self.walker = Walker(self.cwd, self._settings.of)
        self._projects = Projects(self.walker, added or {})
        self._report = Report()
        self._baselines = Baselines(options.baseline_to_write)
        self._caches: dict[str, Cache] = {}

    def discover(self, paths: Sequence[str]) -> Discovery:
        """The files that ``paths`` mean."""
        with self._options.stage("finding files"):
            return self.walker.discover(paths)

    def check_found(self, found: Discovery, contents: Mapping[str, bytes], *, alone: bool = False) -> None:
        """Check the files in ``found``, each in its project. ``contents`` holds what is not to be read from disk;
        ``alone`` keeps other files out of the project."""
        self._report.problems += found.problems
        self._report.notes += found.notes
        if "baseline" in self._options.overrides:  # it must be there even where there is nothing to check
            self._baselines.load(self._options.overrides["baseline"])
        with self._options.stage("finding files"):
            projects = self._projects.of(found, alone=alone)
        for project in projects:  # a wrong rule name is told before any work is done
            self._settings.codes(self._settings.of(project.root), self._rules)
        with contextlib.closing(processes(self._options.jobs)) as helpers:
            done = 0
            for batch in _batches(projects) if self._drops else [projects]:
                items = {path: item for project in batch for path, item in self._items(project, found, contents)}
                gathering = Gathering(items, self.loaded, self._options, helpers, remember=self._remember)
                tasks = self._tasks(batch, items, alone, gathering)
                whole = [one for one in batch if one.root not in tasks or tasks[one.root].wants_all]
                gathering.whole([(project, self._inner(project)) for project in whole])
                del items
                self._learn(gathering)
                self._options.progress("checking project", done, len(projects))
                self._check_batch(batch, tasks, gathering, contents, helpers)
                done += len(batch)
        self._baselines.look_for_gone(lambda path: any(is_below(path, folder) for folder in found.folders))
        for cache in self._caches.values():
            cache.prune()

    def _items(self, project: Project, found: Discovery, contents: Mapping[str, bytes]) -> Iterator[tuple[str, Item]]:
        config = self._settings.of(project.root)
        cache = self._cache(config)
        for path in project.files.values():
            limit = None if path in found.named else config.max_file_size
            is_passing = self._memory is not None and path in contents  # a text in an editor, of this moment
            yield path, Item(path, limit, None if is_passing else cache, contents.get(path))

    def _tasks(
        self, projects: Sequence[Project], items: Mapping[str, Item], alone: bool, gathering: Gathering
    ) -> dict[str, Task]:
        """The task of each project, by its root, with the facts loaded of the files that it wants if not all."""
        if not self._remember:
            return {}
        with self._options.stage("reading"):
            tasks = {project.root: self._task(project, items, alone) for project in projects}
        gathering.changed(projects, tasks)
        return tasks

    def _task(self, project: Project, items: Mapping[str, Item], alone: bool) -> Task:
        config = self._settings.of(project.root)
        way = (project.root, str(alone), *sorted(self._settings.codes(config, self._rules)))
        files = {key: items[path] for key, path in project.files.items()}
        active = self._active(project)
        return start(self._cache(config), way, files, self._inner(project), active, self._rules, self._memory)

    def _learn(self, gathering: Gathering) -> None:
        """Take over the facts of files that are wanted later."""
        if not self._drops:
            self.loaded = gathering.loaded
        if self._memory is not None:
            self._memory.loaded = self.loaded
            self._memory.see(gathering.used)

    def _check_batch(
        self,
        batch: Sequence[Project],
        tasks: Mapping[str, Task],
        gathering: Gathering,
        contents: Mapping[str, bytes],
        helpers: Processes,
    ) -> None:
        """Check projects whose facts are there, of those with a task what is not as it was."""
        cases = [_Case(project, tasks.get(project.root), gathering.known(project)) for project in batch]
        for case, (outcomes, notes) in zip(cases, self._judge(cases, helpers), strict=True):
            project, broken = case.project, case.broken
            if case.task is None:
                found = together(one.found for one in outcomes)
            else:
                found, state = case.task.finish(outcomes)
                read = {key: gathering.used[path] for key, path in project.files.items() if path in gathering.used}
                keep(case.task, state, read, self._cache(self._settings.of(project.root)), self._memory)
                broken = state.broken
            for key, masks in found.masks.items():
                if key in project.reported:
                    path = project.files[key]
                    self.excerpts.add(display(path, self.cwd), path, partial(tuple, masks), contents.get(path))
            self._tell(project, {} if self._drops else case.facts, broken, found.judged, notes, on_disk=True)

    def _judge(self, cases: Sequence[_Case], helpers: Processes) -> list[tuple[Sequence[Judgement], list[str]]]:
        """What is found in each part of each project that is to be judged, and the notes that are asked for."""
        if all(case.is_finished for case in cases):
            return [((), []) for _ in cases]
        from oailint.judging import Work, judge_all, judge_here, whole

        works = []
        for case in cases:
            inner, active = self._inner(case.project), self._active(case.project)
            if case.task is None:
                works.append(whole(case.facts, case.broken, inner, active))
            else:
                works.append(Work(case.facts, *case.divided, inner, active))
        stage = self._options.stage
        if not self._options.verbose:
            return [(found, []) for found in judge_all(works, helpers, stage, self._options.progress)]
        return [
            judge_here(work, reported=case.project.reported, show=partial(self.name_of, case.project), stage=stage)
            for case, work in zip(cases, works, strict=True)
        ]

    def _inner(self, project: Project) -> Config:
        """The configuration of a project as linking wants it."""
        return for_project(self._settings.of(project.root), project.root, self.cwd)

    def _active(self, project: Project) -> Callable[[str], frozenset[str]]:
        """The codes of the rules that are on, by the key of the file."""
        config = self._settings.of(project.root)
        codes = self._settings.codes(config, self._rules)
        if not config.per_file_ignores:
            return lambda key: codes
        ignores = FileIgnores(config.per_file_ignores, config.root or self.cwd, self._rules)
        return lambda key: codes - ignores.ignored(os.path.join(project.root, project.files[key]))

    def check(self, project: Project, facts: Mapping[str, FileFacts | Broken]) -> None:
        """Check one project that is not on disk, so that it has no baseline."""
        from oailint.judging import judge_here, whole

        broken = dict(broken_in(facts))
        work = whole(facts, broken, self._inner(project), self._active(project))
        outcomes, notes = judge_here(work, stage=self._options.stage)
        self._tell(project, facts, broken, together(one.found for one in outcomes).judged, notes, on_disk=False)

    def _tell(
        self,
        project: Project,
        facts: Mapping[str, FileFacts | Broken],
        broken: Mapping[str, Broken],
        judged: Mapping[str, Judged],
        notes: Sequence[str],
        *,
        on_disk: bool,
    ) -> None:
        """Put into the report what was found in one project."""
        config = self._settings.of(project.root)
        active = self._active(project)

        def looked(key: str) -> frozenset[str]:
            if key not in broken:
                return active(key)
            return active(key) & {"OAI001"} if broken[key].rejected else frozenset()

        baseline = self._baseline(config) if on_disk else ""
        read = self._read(project) if on_disk else None

        def set_aside(key: str, findings: Sequence[Finding]) -> tuple[Sequence[Finding], Sequence[Finding]]:
            if not baseline:
                return findings, ()
            return self._baselines.part(baseline, project.files[key], findings, looked(key), read)

        rename = partial(self.name_of, project)

        self._tell_project(project, config, baseline)
        self._tell_broken(project, broken, self._settings.codes(config, self._rules))
        result = conclude(judged, project.reported, config, set_aside)
        findings = result.findings
        if config.backoff == "sdk":
            from oailint.fixing.fitting import fitted

            findings = [fitted(one, config.backoff) for one in findings]
        self.checked.append(Checked(project, config, facts, findings))
        self._report.findings += relocate(findings, rename)
        self._report.suppressed += relocate(result.suppressed, rename)
        self._report.baselined += relocate(result.baselined, rename)
        self._report.has_baseline = self._report.has_baseline or bool(baseline)
        if self._options.baseline_to_write:
            self._see(project, result, looked, read)
        self._report.notes += notes
        self._report.statistics.files += len(project.reported)

    def config_of(self, folder: str) -> Config:
        """The configuration in force in ``folder``. Raises ConfigError if it is wrong."""
        return self._settings.of(folder)

    def name_of(self, project: Project, key: str) -> str:
        """What reports call the file ``key`` of ``project``, which need not exist."""
        return display(project.files.get(key) or os.path.join(project.root, key), self.cwd)

    def finish(self) -> Report:
        """The report, in order."""
        self._options.progress("", 0, 0)
        report = self._report
        report.findings = in_order(report.findings)
        report.suppressed = in_order(report.suppressed)
        report.problems.sort(key=lambda problem: (problem.path, problem.line, problem.column, problem.message))
        report.baselined = in_order(report.baselined)
        report.statistics.suppressed = len(report.suppressed)
        report.statistics.baselined = len(report.baselined)
        report.warnings = self._baselines.warnings()
        return report

    def _baseline(self, config: Config) -> str:
        """The file of the baseline that is in force, as an absolute path; empty if there is none."""
        if not config.baseline:
            return ""
        return os.path.normpath(os.path.join(config.root or self.cwd, os.path.expanduser(config.baseline)))

    def _read(self, project: Project) -> frozenset[str] | None:
        """The files that were read, if others may belong to the project: nothing marks where it begins."""
        return None if self._projects.is_marked(project) else frozenset(project.files.values())

    def _see(
        self, project: Project, result: Analysis, looked: Callable[[str], frozenset[str]], read: frozenset[str] | None
    ) -> None:
        shown: dict[str, list[Finding]] = {key: [] for key in project.reported}
        hidden: dict[str, list[Finding]] = {key: [] for key in project.reported}
        for one in (*result.findings, *result.baselined):
            shown[one.location.path].append(one)
        for one in result.hidden:
            hidden[one.location.path].append(one)
        for key in sorted(project.reported):
            self.seen.append(Seen(project.files[key], looked(key), shown[key], hidden[key], read))

    def _tell_project(self, project: Project, config: Config, baseline: str) -> None:
        others = len(project.files) - len(project.reported)
        source = display(config.source, self.cwd) if config.source else "none"
        self._report.notes.append(
            f"{display(project.root, self.cwd)}: project of {len(project.files)} files, {others} of them read for "
            f"meaning only; configuration: {source}"
            + (f"; baseline: {display(baseline, self.cwd)}" if baseline else "")
        )

    def _tell_broken(self, project: Project, without: Mapping[str, Broken], codes: frozenset[str]) -> None:
        """A file without facts is a problem if it is reported; if not, or if its finding is turned off, a note."""
        for key, broken in without.items():
            shown = display(project.files[key], self.cwd)
            if key in project.reported and not broken.rejected:
                self._report.problems.append(Problem(shown, broken.line, broken.column, broken.reason))
            elif key not in project.reported or "OAI001" not in codes:
                self._report.notes.append(f"{shown}:{broken.line}: not analysed: {broken.reason}")

    def _cache(self, config: Config) -> Cache | None:
        if not self._options.use_cache:
            return None
        folder = os.path.join(self.cwd, self._options.cache_dir) if self._options.cache_dir else ""
        if not folder and config.cache_dir:
            folder = os.path.join(config.root or self.cwd, os.path.expanduser(config.cache_dir))
        folder = folder or default_folder()
        if folder not in self._caches:
            self._caches[folder] = Cache(folder)
        return self._caches[folder]


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """No garbage collection: facts hold no cycles, and looking for some in so many values costs a tenth of a run."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _batches(projects: Sequence[Project]) -> Iterator[list[Project]]:
    """``projects`` in their order, some together: enough for processes to share, few enough to be held at once."""
    batch: list[Project] = []
    files = 0
    for project in projects:
        batch.append(project)
        files += len(project.files)
        if files >= BATCH_FILES:
            yield batch
            batch, files = [], 0
    if batch:
        yield batch


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """``findings`` as reports list them."""
    return sorted(findings, key=lambda one: (one.location, one.code, one.message))
