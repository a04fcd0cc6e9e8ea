"""The use cases: paths or a text in, a Report out."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from oailint.analysis import Analysis, Judged, conclude, judge, relocate
from oailint.baseline import Baselines, Seen
from oailint.cache import Cache, default_folder
from oailint.codec import Packed, broken_in
from oailint.config import Config
from oailint.excerpts import Excerpts
from oailint.facts import Broken, FileFacts
from oailint.findings import Finding, Problem, Report
from oailint.incremental import Memory, Task, keep, start
from oailint.loading import Item, load
from oailint.selection import FileIgnores
from oailint.settings import Options, Settings, for_project
from oailint.sources import Discovery, Walker, display, project_root, read

if TYPE_CHECKING:
    from oailint.project.components import Parts
    from oailint.screening import Screen

STDIN = "-"
"""What reports call standard input that was given no name."""


@dataclass(frozen=True)
class Outcome:
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


@dataclass(frozen=True)
class Project:
    """A project's folder, the keys of the files to report, and the path of each file by its key."""

    root: str
    reported: set[str] = field(default_factory=set)
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """A project with its configuration, the facts of its files, and its findings; paths in these are keys."""

    project: Project
    config: Config
    facts: Mapping[str, FileFacts | Broken]
    findings: list[Finding]


class Run:
    """One run over some projects, and the report that it fills.

    ``loaded`` are facts by path, of files that need not be read; ``added`` are files by the root of their project that
    belong to it though they are not on disk. ``checked`` fills with what the report is made of, ``loaded`` with facts,
    and ``seen`` with what was found file by file where a baseline is to be written. With ``remember`` findings of
    earlier runs are taken over where nothing has changed; ``checked`` and ``loaded`` then lack the facts of such files.
    ``memory`` is where they are remembered then, in place of the cache; ``loaded`` is that of the memory.
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
        self._added = added or {}
        self._options = options
        self._memory = memory
        is_kept = memory is not None or options.use_cache
        self._remember = remember and is_kept and not options.verbose  # notes are made in linking
        self._rules = RULES
        self._settings = Settings(options)
        self._settings.check_rules(RULES)
        self.walker = Walker(self.cwd, self._settings.of)
        self._report = Report()
        self._baselines = Baselines(options.baseline_to_write)
        self._caches: dict[str, Cache] = {}
        self._roots: dict[str, str | None] = {}

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
            projects = self._projects(found, alone)
        items: dict[str, Item] = {}
        for project in projects:
            config = self._settings.of(project.root)
            self._settings.codes(config, self._rules)  # a wrong rule name is told before any work is done
            cache = self._cache(config)
            for path in project.files.values():
                limit = None if path in found.named else config.max_file_size
                is_passing = self._memory is not None and path in contents  # a text in an editor, of this moment
                items[path] = Item(path, limit, None if is_passing else cache, contents.get(path))
        used: dict[str, str] = {}
        tasks = self._tasks(projects, items, alone, used)
        whole = [project for project in projects if project.root not in tasks or tasks[project.root].wants_all]
        screens: list[tuple[Project, Screen]] = []
        if self._options.screen:
            for project in whole:
                with self._options.stage("reading"):
                    screens.append((project, self._screen(project, self._settings.of(project.root), items)))
        self._load({path: items[path] for project in whole for path in project.files.values()}, screens, used)
        del items, screens
        if self._memory is not None:
            self._memory.loaded = self.loaded
            self._memory.see(used)
        for number, project in enumerate(projects):
            self._options.progress("checking project", number, len(projects))
            if tasks:
                self._take_over(project, tasks[project.root], self._known(project), contents, used)
                continue
            facts = self.loaded.renamed(project.files)
            for key in project.reported:
                self._quote(project, key, partial(facts.get, key), contents)
            self.check(project, facts, on_disk=True)
        self._baselines.look_for_gone(lambda path: any(_is_below(path, folder) for folder in found.folders))
        for cache in self._caches.values():
            cache.prune()

    def _tasks(
        self, projects: Sequence[Project], items: Mapping[str, Item], alone: bool, used: dict[str, str]
    ) -> dict[str, Task]:
        """The task of each project, by its root, with the facts loaded of the files that it wants if not all."""
        if not self._remember:
            return {}
        with self._options.stage("reading"):
            tasks = {project.root: self._task(project, items, alone) for project in projects}

        def fetch(wanted: Callable[[Project], Iterable[str]]) -> None:
            paths = [project.files[key] for project in projects for key in wanted(project)]
            self._extract([items[path] for path in paths if path not in self.loaded], used)

        fetch(lambda project: tasks[project.root].first())
        fetch(lambda project: tasks[project.root].second(self._known(project)))
        return tasks

    def _known(self, project: Project) -> Packed:
        return self.loaded.renamed({key: path for key, path in project.files.items() if path in self.loaded})

    def _extract(self, items: Sequence[Item], used: dict[str, str]) -> None:
        with self._options.stage("reading"):
            digests = used if self._remember else None
            known = load(items, self._options.jobs, self._options.progress, self._options.stage, digests)
        self.loaded = self.loaded.updated(known)

    def _task(self, project: Project, items: Mapping[str, Item], alone: bool) -> Task:
        config = self._settings.of(project.root)
        way = (project.root, str(alone), *sorted(self._settings.codes(config, self._rules)))
        files = {key: items[path] for key, path in project.files.items()}
        inner = for_project(config, project.root, self.cwd)
        active = self._active(project, config)
        return start(self._cache(config), way, files, inner, active, self._rules, self._memory)

    def _take_over(
        self,
        project: Project,
        task: Task,
        facts: Packed,
        contents: Mapping[str, bytes],
        used: Mapping[str, str],
    ) -> None:
        """Check one project as far as it is not as it was."""
        config = self._settings.of(project.root)
        inner, active = for_project(config, project.root, self.cwd), self._active(project, config)

        def find(keys: Collection[str], parts: Parts) -> Mapping[str, Judged]:
            files = {key: project.files[key] for key in keys}
            facts = self.loaded.renamed(files)
            stage = self._options.stage
            return judge(facts, set(keys), inner, self._rules, active, parts=parts, stage=stage)[0]

        found, state = task.finish(facts, find)
        read = {key: used[path] for key, path in project.files.items() if path in used}
        keep(task, state, read, self._cache(config), self._memory)
        for key, masks in found.masks.items():
            if key in project.reported:
                self._quote(project, key, lambda masks=masks: masks, contents)  # type: ignore[misc]
        self._tell(project, facts, state.broken, found.judged, [], on_disk=True)

    def _quote(self, project: Project, key: str, facts: Callable[[], object], contents: Mapping[str, bytes]) -> None:
        path = project.files[key]
        self.excerpts.add(display(path, self.cwd), path, facts, contents.get(path))

    def _active(self, project: Project, config: Config) -> Callable[[str], frozenset[str]]:
        """The codes of the rules that are on, by the key of the file."""
        codes = self._settings.codes(config, self._rules)
        if not config.per_file_ignores:
            return lambda key: codes
        ignores = FileIgnores(config.per_file_ignores, config.root or self.cwd, self._rules)
        return lambda key: codes - ignores.ignored(os.path.join(project.root, project.files[key]))

    def _screen(self, project: Project, config: Config, items: dict[str, Item]) -> Screen:
        """Read the files of a project, and see which of them cannot matter. ``items`` get the contents."""
        data = {}
        for key, path in project.files.items():
            item = items[path]
            data[key] = item.data if item.data is not None else read(path, item.limit)
            items[path] = replace(item, data=data[key])
        from oailint.screening import Screen

        return Screen(data, for_project(config, project.root, self.cwd))

    def _load(self, items: Mapping[str, Item], screens: Sequence[tuple[Project, Screen]], used: dict[str, str]) -> None:
        """Load all ``items``. What turns out to have no facts can change which file an import means, and with it what
        may be passed over."""
        wanted = dict(items)
        passed: dict[str, set[str]] = {}
        for project, screen in screens:
            with self._options.stage("reading"):
                passed[project.root] = screen.passed_over(())
        kept = {
            path for project, _ in screens for key, path in project.files.items() if key not in passed[project.root]
        }
        for path in wanted.keys() - kept if screens else ():
            wanted[path] = replace(wanted[path], passed_over=True)
        unknown = [
            item
            for path, item in wanted.items()
            if path not in self.loaded or (not item.passed_over and self.loaded.is_passed_over(path))
        ]
        while unknown:
            self._extract(unknown, used)
            unknown = []
            for project, screen in screens:
                broken = [key for key, path in project.files.items() if self.loaded.is_broken(path)]
                still = screen.passed_over(broken) if broken and passed[project.root] else passed[project.root]
                unknown += [items[project.files[key]] for key in passed[project.root] - still if key not in broken]
                passed[project.root] = passed[project.root] & still

    def check(self, project: Project, facts: Mapping[str, FileFacts | Broken], *, on_disk: bool = False) -> None:
        """Check one project whose facts are there. Only one that is ``on_disk`` has a baseline."""
        config = self._settings.of(project.root)
        judged, notes = judge(
            facts,
            project.reported,
            for_project(config, project.root, self.cwd),
            self._rules,
            self._active(project, config),
            explain=partial(self.name_of, project) if self._options.verbose else None,
            stage=self._options.stage,
        )
        broken = dict(broken_in(facts))
        self._tell(project, facts, broken, judged, notes, on_disk=on_disk)

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
        active = self._active(project, config)

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
        return None if self._roots.get(project.root) is not None else frozenset(project.files.values())

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

    def _projects(self, found: Discovery, alone: bool) -> list[Project]:
        """The files in ``found`` by project, each with what else is in it."""
        by_root: dict[str, list[str]] = {}
        for path in found.files:
            by_root.setdefault(self._root(path, found.folders), []).append(path)
        projects = []
        for root, reported in sorted(by_root.items()):
            others = [] if alone else self._others(root, reported, found.folders)
            files = {_key(path, root): path for path in sorted({*reported, *others, *self._added.get(root, ())})}
            projects.append(Project(root, {_key(path, root) for path in reported}, files))
        return projects

    def _root(self, path: str, folders: Sequence[str]) -> str:
        folder = os.path.dirname(path)
        root = project_root(folder, self._roots)
        if root is not None:
            return root
        above = [top for top in folders if _is_below(folder, top)]
        return min(above, key=len) if above else folder

    def _others(self, root: str, reported: Sequence[str], folders: Sequence[str]) -> list[str]:
        """Files of the project in ``root`` that are not reported but may say what those that are mean."""
        if any(_is_below(root, folder) for folder in folders):
            return []
        if self._roots.get(root) is None:
            return self.walker.siblings(reported[0])
        aside = Discovery()  # what goes wrong on the way concerns files that nobody asked for
        return self.walker.walk(root, aside, one_project=True)


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


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _key(path: str, root: str) -> str:
    prefix = root.rstrip(os.sep) + os.sep
    inside = path[len(prefix) :] if path.startswith(prefix) else os.path.relpath(path, root)
    return inside.replace(os.sep, "/")


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """``findings`` as reports list them."""
    return sorted(findings, key=lambda one: (one.location, one.code, one.message))
