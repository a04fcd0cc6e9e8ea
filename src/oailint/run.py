"""The use cases: paths or a text in, a Report out."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from oailint.analysis import Analysis, analyse, relocate
from oailint.baseline import Baselines, Seen
from oailint.cache import Cache, default_folder
from oailint.codec import Packed, broken_in
from oailint.config import Config
from oailint.excerpts import Excerpts
from oailint.facts import Broken, FileFacts
from oailint.findings import Finding, Problem, Report
from oailint.loading import Item, load
from oailint.screening import Screen
from oailint.selection import FileIgnores
from oailint.settings import Options, Settings, for_project
from oailint.sources import Discovery, Walker, display, project_root, read

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
    run = Run(options)
    with _no_collection():
        run.check_found(run.discover(paths), {})
    return Outcome(run.finish(), run.excerpts, run.seen)


def execute_stdin(data: bytes, filename: str | None, options: Options) -> Outcome:
    """Check ``data`` as the content of ``filename``, which need not exist, in the project it would belong to.

    Without a filename it is a project of its own. Raises ConfigError if the configuration is wrong.
    """
    run = Run(options)
    path = os.path.normpath(os.path.join(run.cwd, filename or STDIN))
    with _no_collection():
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
    and ``seen`` with what was found file by file where a baseline is to be written.
    """

    def __init__(
        self, options: Options, loaded: Packed | None = None, added: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        from oailint.rules import RULES

        self.cwd = os.getcwd()
        self.excerpts = Excerpts()
        self.checked: list[Checked] = []
        self.seen: list[Seen] = []
        self.loaded = loaded or Packed({})
        self._added = added or {}
        self._options = options
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
        screens: list[tuple[Project, Screen]] = []
        for project in projects:
            config = self._settings.of(project.root)
            self._settings.codes(config, self._rules)  # a wrong rule name is told before any work is done
            cache = self._cache(config)
            for path in project.files.values():
                limit = None if path in found.named else config.max_file_size
                items[path] = Item(path, limit, cache, contents.get(path))
            if self._options.screen:
                with self._options.stage("reading"):
                    screens.append((project, self._screen(project, config, items)))
        self._load(items, screens)
        del items, screens
        for number, project in enumerate(projects):
            self._options.progress("checking project", number, len(projects))
            facts = self.loaded.renamed(project.files)
            for key, path in project.files.items():
                if key in project.reported:
                    self.excerpts.add(display(path, self.cwd), path, partial(facts.get, key), contents.get(path))
            self.check(project, facts, on_disk=True)
        self._baselines.look_for_gone(lambda path: any(_is_below(path, folder) for folder in found.folders))
        for cache in self._caches.values():
            cache.prune()

    def _screen(self, project: Project, config: Config, items: dict[str, Item]) -> Screen:
        """Read the files of a project, and see which of them cannot matter. ``items`` get the contents."""
        data = {}
        for key, path in project.files.items():
            item = items[path]
            data[key] = item.data if item.data is not None else read(path, item.limit)
            items[path] = replace(item, data=data[key])
        return Screen(data, for_project(config, project.root, self.cwd))

    def _load(self, items: Mapping[str, Item], screens: Sequence[tuple[Project, Screen]]) -> None:
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
        unknown = [item for path, item in wanted.items() if path not in self.loaded]
        while unknown:
            with self._options.stage("reading"):
                known = load(unknown, self._options.jobs, self._options.progress, self._options.stage)
            self.loaded = self.loaded.updated(known)
            unknown = []
            for project, screen in screens:
                broken = [key for key, path in project.files.items() if self.loaded.is_broken(path)]
                still = screen.passed_over(broken) if broken and passed[project.root] else passed[project.root]
                unknown += [items[project.files[key]] for key in passed[project.root] - still if key not in broken]
                passed[project.root] = passed[project.root] & still

    def check(self, project: Project, facts: Mapping[str, FileFacts | Broken], *, on_disk: bool = False) -> None:
        """Check one project whose facts are there. Only one that is ``on_disk`` has a baseline."""
        config = self._settings.of(project.root)
        codes = self._settings.codes(config, self._rules)
        ignores = FileIgnores(config.per_file_ignores, config.root or self.cwd, self._rules)

        def active(key: str) -> frozenset[str]:
            return codes - ignores.ignored(os.path.join(project.root, project.files[key]))

        def looked(key: str) -> frozenset[str]:
            broken = facts.get(key)
            if not isinstance(broken, Broken):
                return active(key)
            return active(key) & {"OAI001"} if broken.rejected else frozenset()

        baseline = self._baseline(config) if on_disk else ""
        read = self._read(project) if on_disk else None

        def set_aside(key: str, findings: Sequence[Finding]) -> tuple[Sequence[Finding], Sequence[Finding]]:
            if not baseline:
                return findings, ()
            return self._baselines.part(baseline, project.files[key], findings, looked(key), read)

        rename = partial(self.name_of, project)

        self._tell_project(project, config, baseline)
        self._tell_broken(project, facts, codes)
        result = analyse(
            facts,
            project.reported,
            for_project(config, project.root, self.cwd),
            self._rules,
            active,
            set_aside=set_aside,
            explain=rename if self._options.verbose else None,
            stage=self._options.stage,
        )
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
        self._report.notes += result.notes
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

    def _tell_broken(self, project: Project, facts: Mapping[str, FileFacts | Broken], codes: frozenset[str]) -> None:
        """A file without facts is a problem if it is reported; if not, or if its finding is turned off, a note."""
        for key, broken in broken_in(facts):
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
def _no_collection() -> Iterator[None]:
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
    return os.path.relpath(path, root).replace(os.sep, "/")


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """``findings`` as reports list them."""
    return sorted(findings, key=lambda one: (one.location, one.code, one.message))
