"""The command line: flags in, text and an exit code out. The only module that knows click.

What is needed to check files is imported when files are checked, so that ``--version`` and ``--help`` start at once.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from oailint.console import complain, confess, forget_stdout, is_colored, open_closed_streams, write, write_bytes
from oailint.version import VERSION

if TYPE_CHECKING:
    from oailint.delivery import Outputs
    from oailint.excerpts import Excerpts
    from oailint.findings import Report
    from oailint.repair import Repaired
    from oailint.reporters import Context
    from oailint.run import Outcome
    from oailint.settings import Options

FORMATS = ("full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown")
BACKOFFS = ("auto", "stdlib", "tenacity", "stamina", "backoff", "sdk")

OK, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130


def _words(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    if not all(value.replace(",", " ").strip() for value in values):
        raise click.BadParameter("names no rule.")
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def _rules(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """What a shell may offer for the last of some rules."""
    from oailint.rules import RULES

    given, comma, last = incomplete.rpartition(",")
    words = [word for rule in RULES for word in (rule.code, rule.name, rule.family)]
    return [f"{given}{comma}{word}" for word in dict.fromkeys([*words, "ALL"]) if word.lower().startswith(last.lower())]


def _outputs(_context: click.Context, _parameter: click.Parameter, words: tuple[str, ...]) -> Outputs:
    from oailint.delivery import outputs

    try:
        return outputs(words)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


def _file(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value == "":
        raise click.BadParameter("names no file.")
    return value


@click.command(
    "oailint",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 nothing left to report, 1 findings, 2 the run itself went wrong, 130 on Ctrl-C.",
)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--select",
    multiple=True,
    callback=_words,
    shell_complete=_rules,
    metavar="RULES",
    help="Report these rules only: codes, prefixes, families or names, separated by commas; ALL is all of them.",
)
@click.option(
    "--ignore",
    multiple=True,
    callback=_words,
    shell_complete=_rules,
    metavar="RULES",
    help="Do not report these rules.",
)
@click.option(
    "--extend-select",
    multiple=True,
    callback=_words,
    shell_complete=_rules,
    metavar="RULES",
    help="Report these rules too.",
)
@click.option("--fix", is_flag=True, help="Apply safe fixes, and report what is left.")
@click.option("--unsafe-fixes", is_flag=True, help="Unsafe fixes too: apply or show them, or count them as fixable.")
@click.option("--diff", is_flag=True, help="Print the fixes as a diff instead of applying them; exit with 1 if any.")
@click.option("--backoff", type=click.Choice(BACKOFFS), help="The form of backoff that fixes write.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="With --fix: exit with 1 if anything was fixed.")
@click.option("--min-severity", type=click.Choice(["info", "warning", "error"]), help="Report nothing milder.")
@click.option("--min-confidence", type=click.Choice(["low", "medium", "high"]), help="Report nothing less sure.")
@click.option(
    "--output-format",
    type=click.Choice(FORMATS),
    help="How to report; full on a terminal, else concise, unless configured.",
)
@click.option(
    "-o",
    "--output-file",
    "outputs",
    multiple=True,
    callback=_outputs,
    metavar="[FORMAT:]FILE",
    help="Write the report to this file; with a format before it, write one of that format as well.",
)
@click.option(
    "--baseline", type=click.Path(), callback=_file, metavar="FILE", help="Report only what this file does not record."
)
@click.option(
    "--write-baseline", type=click.Path(), callback=_file, metavar="FILE", help="Record what is found in this file."
)
@click.option("--add-ignore", is_flag=True, help="Write suppression comments for what is found.")
@click.option(
    "--config", "config_file", type=click.Path(), metavar="FILE", help="Use this configuration for all files."
)
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option("--cache-dir", type=click.Path(), envvar="OAILINT_CACHE_DIR", metavar="DIR", help="Where the cache is.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="How many processes read new files at most.")
@click.option("--stdin-filename", metavar="NAME", help="The name of what is read with the path -.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of listing them.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but findings and problems.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is skipped and why things are judged as they are.")
@click.option("--timings", is_flag=True, help="Say at the end how many seconds each stage took.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@click.option("--explain", shell_complete=_rules, metavar="RULE", help="Print the document of a rule.")
@click.option("--rules", "list_rules", is_flag=True, help="List the rules.")
@click.option("--show-files", is_flag=True, help="List the files that would be checked.")
@click.option("--show-settings", is_flag=True, help="Print the settings for the first path.")
@click.version_option(VERSION, prog_name="oailint", message="%(prog)s %(version)s")
def command(paths: tuple[str, ...], **flags: Any) -> int:
    """Find the OpenAI calls of a Python project that will break under real traffic.

    PATHS are files and folders (none: the current folder; -: standard input).
    """
    _reject_contradictions(paths, flags)
    if flags["explain"] is not None:
        return _explain(flags["explain"])
    if flags["list_rules"]:
        return _list_rules(flags["output_format"])
    _need_a_folder()
    options = _options(flags)
    if flags["show_settings"]:
        return _show_settings(paths, options)
    if flags["show_files"]:
        return _show_files(paths, options)
    from msgspec.structs import replace

    from oailint import progress, timing

    with (
        timing.on(complain if flags["timings"] else None) as stage,
        progress.on(sys.stderr, quiet=flags["quiet"] or flags["verbose"]) as tell,
    ):
        return _check(paths, replace(options, progress=tell, stage=stage), flags)


def _need_a_folder() -> None:
    try:
        os.getcwd()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise click.ClickException(f"The working directory cannot be used: {reason}.") from None


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and exit with its status. ``arguments`` are those of the process unless given."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    open_closed_streams()
    try:
        status = _guarded(words)
        sys.stdout.flush()
    except BrokenPipeError:
        status = OK
        forget_stdout()
    sys.exit(status)


def _guarded(words: list[str]) -> int:
    from click.exceptions import Exit

    try:
        result = command.main(words, prog_name="oailint", standalone_mode=False)
        return result if isinstance(result, int) else OK
    except Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        from oailint.masking import mask_line

        text = io.StringIO()
        error.show(text)
        complain(mask_line(text.getvalue().rstrip("\n")))
        return FAILED
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        from oailint.config import ConfigError

        if isinstance(error, ConfigError):
            from oailint.masking import mask_line

            complain(f"error: {mask_line(str(error))}")
        else:
            confess(error, verbose=not {"-v", "--verbose"}.isdisjoint(words))
        return FAILED


def _reject_contradictions(paths: tuple[str, ...], flags: dict[str, Any]) -> None:
    if flags["quiet"] and flags["verbose"]:
        raise click.UsageError("--quiet and --verbose exclude each other.")
    if flags["isolated"] and flags["config_file"]:
        raise click.UsageError("--isolated and --config exclude each other.")
    if "" in paths:
        raise click.UsageError("A path is empty; for the current folder write '.'.")
    if flags["write_baseline"] and flags["diff"]:
        raise click.UsageError("--write-baseline and --diff exclude each other.")
    for option in ("fix", "diff", "write_baseline"):
        if flags["add_ignore"] and flags[option]:
            raise click.UsageError(f"--add-ignore and --{option.replace('_', '-')} exclude each other.")
    if flags["add_ignore"] and "-" in paths:
        raise click.UsageError("--add-ignore writes to files, so it cannot be combined with the path -.")
    if flags["write_baseline"] and "-" in paths:
        raise click.UsageError("--write-baseline records what files hold, so it cannot be combined with the path -.")
    if "-" in paths and len(paths) > 1:
        raise click.UsageError("The path - cannot be combined with others.")
    if flags["stdin_filename"] is not None and paths != ("-",):
        raise click.UsageError("--stdin-filename needs the path -.")
    if flags["statistics"] and flags["output_format"]:
        from oailint.reporters import STATISTICS_FORMATS

        if flags["output_format"] not in STATISTICS_FORMATS:
            raise click.UsageError(f"--statistics works with the formats {', '.join(STATISTICS_FORMATS)}.")


def _options(flags: dict[str, Any]) -> Options:
    from oailint.findings import Confidence, Severity
    from oailint.selection import Layer
    from oailint.settings import Options, explicit

    overrides: dict[str, Any] = {}
    if flags["baseline"]:
        overrides["baseline"] = os.path.abspath(flags["baseline"])
    if flags["backoff"]:
        overrides["backoff"] = flags["backoff"]
    if flags["min_severity"]:
        overrides["min_severity"] = Severity[flags["min_severity"].upper()]
    if flags["min_confidence"]:
        overrides["min_confidence"] = Confidence[flags["min_confidence"].upper()]
    return Options(
        config=explicit(flags["config_file"], isolated=flags["isolated"]),
        overrides=overrides,
        layer=Layer(flags["select"] or None, flags["extend_select"], flags["ignore"], "--"),
        use_cache=not flags["no_cache"],
        cache_dir=flags["cache_dir"] or "",
        baseline_to_write=os.path.abspath(flags["write_baseline"]) if flags["write_baseline"] else "",
        jobs=flags["jobs"],
        verbose=flags["verbose"],
    )


def _check(paths: tuple[str, ...], options: Options, flags: dict[str, Any]) -> int:
    name = _format(paths, options, flags)
    if flags["add_ignore"]:
        return _add_ignore(paths, options, flags, name)
    record = _recorder(flags)
    if flags["fix"] or flags["diff"]:
        return _fix(paths, options, flags, name, record)
    from oailint.delivery import deliver

    outcome = _run(paths, options, flags, name)
    record(outcome)
    _tell(outcome.report, name, flags)
    with options.stage("reporting"):
        delivered = deliver(outcome.report, name, _context(outcome.excerpts, flags), flags["outputs"])
    return _status(outcome.report, flags) if delivered else FAILED


def _add_ignore(paths: tuple[str, ...], options: Options, flags: dict[str, Any], name: str) -> int:
    from oailint import ignoring
    from oailint.delivery import deliver
    from oailint.reporters.context import count

    done = ignoring.execute(paths or (".",), options)
    _tell(done.report, name, flags)
    delivered = deliver(done.report, name, _context(done.excerpts, flags), flags["outputs"])
    if not flags["quiet"]:
        where = f"{count(done.number, 'finding')} in {count(len(done.files), 'file')}" if done.files else "nothing"
        complain(f"Suppressed {where}.")
    return _status(done.report, flags) if delivered else FAILED


def _recorder(flags: dict[str, Any]) -> Callable[[Outcome | Repaired], None]:
    """What writes the baseline of a run, if it is asked for. Whether the file can be replaced is seen to before."""
    if not flags["write_baseline"]:
        return lambda outcome: None
    from oailint import recording

    old = recording.target(flags["write_baseline"])

    def record(outcome: Outcome | Repaired) -> None:
        if not outcome.report.statistics.files:
            return
        try:
            said = recording.record(old, outcome.report, outcome.seen)
        except recording.NotRecorded as error:
            raise click.ClickException(str(error)) from None
        if not flags["quiet"]:
            complain(str(said))

    return record


def _status(report: Report, flags: dict[str, Any]) -> int:
    if report.problems:
        return FAILED
    found = bool(report.findings) or (flags["exit_non_zero_on_fix"] and report.statistics.fixed > 0)
    return FOUND if found and not flags["exit_zero"] else OK


def _context(excerpts: Excerpts, flags: dict[str, Any], *, to_stderr: bool = False) -> Context:
    from oailint.reporters import Context

    return Context(
        lines=excerpts.lines,
        color=is_colored(flags["color"], sys.stderr if to_stderr else sys.stdout),
        statistics=flags["statistics"],
        quiet=flags["quiet"],
        unsafe=flags["unsafe_fixes"],
        offers=not (flags["fix"] or flags["diff"]),
    )


def _input() -> bytes:
    return sys.stdin.buffer.read() if sys.stdin is not None else b""


def _run(paths: tuple[str, ...], options: Options, flags: dict[str, Any], name: str) -> Outcome | Repaired:
    data = _input() if paths == ("-",) else None
    from oailint.reporters import EDIT_FORMATS

    if flags["outputs"].shows_any("" if flags["statistics"] else name, EDIT_FORMATS):
        from oailint import repair

        return repair.show(paths or (".",), options, data, flags["stdin_filename"])
    from oailint import run

    if data is not None:
        return run.execute_stdin(data, flags["stdin_filename"], options)
    return run.execute(paths or (".",), options)


def _fix(
    paths: tuple[str, ...], options: Options, flags: dict[str, Any], name: str, record: Callable[[Repaired], None]
) -> int:
    from oailint import repair
    from oailint.delivery import copy, deliver

    unsafe, is_piped = flags["unsafe_fixes"], paths == ("-",)
    data = _input() if is_piped else b""
    if is_piped:
        repaired = repair.execute_stdin(data, flags["stdin_filename"], options, unsafe=unsafe)
    else:
        repaired = repair.execute(paths or (".",), options, unsafe=unsafe, write=not flags["diff"])
    report = repaired.report
    record(repaired)
    _tell(report, name, flags)
    where, context = flags["outputs"], _context(repaired.excerpts, flags, to_stderr=is_piped)
    with options.stage("reporting"):
        if flags["diff"]:
            delivered = _show_diff(repaired, where) and copy(report, context, where)
        elif is_piped:
            write_bytes(repaired.changes[0].new if repaired.changes else data)
            delivered = deliver(report, name, context, where, lambda text: complain(text.rstrip("\n")))
        else:
            delivered = deliver(report, name, context, where)
    _tell_fixed(repaired, flags)
    if not delivered:
        return FAILED
    if not flags["diff"]:
        return _status(report, flags)
    if report.problems:
        return FAILED
    return FOUND if repaired.changes and not flags["exit_zero"] else OK


def _show_diff(repaired: Repaired, where: Outputs) -> bool:
    from oailint.delivery import send
    from oailint.repair import diff

    text, is_masked = diff(repaired)
    sent = send(text, where)
    if is_masked:
        complain("warning: keys in this diff are masked, so it cannot be applied; use --fix")
    return sent


def _tell_fixed(repaired: Repaired, flags: dict[str, Any]) -> None:
    from oailint.reporters.context import Context, printable, repairs

    if flags["quiet"]:
        return
    if not flags["diff"]:
        for change in repaired.changes:
            if change.old is None:
                complain(f"created {printable(change.shown)}: add it to version control (git add {change.shown})")
    complain(repairs(repaired.report, Context(unsafe=flags["unsafe_fixes"]), would=flags["diff"]))


def _format(paths: tuple[str, ...], options: Options, flags: dict[str, Any]) -> str:
    from oailint.reporters import STATISTICS_FORMATS
    from oailint.settings import of_path

    if flags["output_format"]:
        return str(flags["output_format"])
    named = flags["stdin_filename"] if paths == ("-",) else next(iter(paths), None)
    configured = of_path(named or ".", options).output_format
    chosen = flags["outputs"].format_of_file(configured) or configured
    if flags["statistics"] and chosen not in STATISTICS_FORMATS:
        chosen = ""
    on_terminal = not flags["outputs"].file and sys.stdout.isatty()
    return chosen or ("full" if on_terminal else "concise")


def _tell(report: Report, format_name: str, flags: dict[str, Any]) -> None:
    """What goes to standard error: notes, problems (unless the report on standard output holds them itself), and that
    there was nothing to do."""
    from oailint.reporters import PROBLEM_FORMATS
    from oailint.reporters.context import Context, printable, problem_line

    if flags["verbose"]:
        for note in report.notes:
            complain(printable(note))
    if format_name not in PROBLEM_FORMATS or flags["statistics"] or flags["outputs"].file or flags["diff"]:
        context = Context(color=is_colored(flags["color"], sys.stderr))
        for problem in report.problems:
            complain(problem_line(problem, context))
    if not flags["quiet"]:
        for warning in report.warnings:
            complain(f"warning: {printable(warning)}")
    if not report.statistics.files and not report.problems and not flags["quiet"]:
        complain("warning: no Python files found")


def _explain(word: str) -> int:
    from oailint.reporters.catalog import document
    from oailint.rules import RULES
    from oailint.selection import nearest_rule

    for rule in RULES:
        if word.upper() == rule.code or word.lower() == rule.name:
            write(document(rule))
            return OK
    raise click.UsageError(f"Unknown rule {word!r}{nearest_rule(word, RULES, families=False)}.")


def _list_rules(format_name: str | None) -> int:
    from oailint.reporters.catalog import render_rules
    from oailint.rules import RULES

    write(render_rules(RULES, format_name or "full"))
    return OK


def _show_files(paths: tuple[str, ...], options: Options) -> int:
    from oailint import run
    from oailint.reporters.context import Context, printable, problem_line

    files, problems = run.discover(paths or (".",), options)
    write("".join(f"{printable(path)}\n" for path in files))
    for problem in problems:
        complain(problem_line(problem, Context()))
    return FAILED if problems else OK


def _show_settings(paths: tuple[str, ...], options: Options) -> int:
    from oailint.settings import describe

    write(describe(paths[0] if paths else ".", options))
    return OK
