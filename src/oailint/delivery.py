"""Where reports go: standard output, files, and the summary that GitHub Actions shows of a job."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from oailint.console import complain, write
from oailint.findings import Report
from oailint.reporters import FORMATS, Context, render

SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"

_BY_SUFFIX = {
    ".sarif": ("sarif",),
    ".sarif.json": ("sarif",),
    ".jsonl": ("jsonl",),
    ".json": ("json", "gitlab", "sarif"),
    ".xml": ("junit",),
    ".md": ("markdown",),
}
"""The formats that a file of that name can be meant to hold; the first unless another of them is configured."""

_PYTHON = (".py", ".pyi", ".pyw", ".ipynb")


class Outputs(Struct, frozen=True):
    """Where a report goes: into ``file`` (empty: to standard output), and besides into ``copies``, files by format."""

    file: str = ""
    copies: tuple[tuple[str, str], ...] = ()

    def format_of_file(self, configured: str) -> str:
        """The format that the name of ``file`` asks for where none is named; empty if it tells nothing."""
        for suffix, formats in _BY_SUFFIX.items():
            if self.file.lower().endswith(suffix):
                return configured if configured in formats else formats[0]
        return ""

    def shows_any(self, main: str, formats: Sequence[str]) -> bool:
        """Whether one of ``formats`` is written: ``main``, the format of the report, or that of a copy."""
        return main in formats or any(name in formats for name, _ in self.copies)


def outputs(words: Sequence[str]) -> Outputs:
    """What ``-o`` was given: ``FILE``, or ``FORMAT:FILE`` for a copy. Raises ValueError with the reason if it is
    wrong."""
    file, copies = "", []
    for word in words:
        name, colon, path = word.partition(":")
        if colon and name in FORMATS:
            copies.append((name, path))
        elif file:
            raise ValueError("only one FILE can take the report; write FORMAT:FILE for further ones")
        else:
            file, path = word, word
        if not path:
            raise ValueError(f"{word!r} names no file")
        if path.lower().endswith(_PYTHON):
            raise ValueError(f"{path} has the name of a Python file")
    paths = [os.path.abspath(path) for path in (file, *(path for _, path in copies)) if path]
    if len(set(paths)) < len(paths):
        raise ValueError("two reports cannot go into one file")
    return Outputs(file, tuple(copies))


def deliver(
    report: Report, format_name: str, context: Context, where: Outputs, show: Callable[[str], None] = write
) -> bool:
    """Send ``report`` where it is to go: to ``show``, or into files. ``context`` is for the report itself.

    False if a file could not be written; that is told on standard error.
    """
    context = replace(context, links=_links(), tell=complain)
    text = render(format_name, report, replace(context, color=context.color and not where.file))
    done = send(text, where, show)
    done = copy(report, context, where) and done
    if format_name == "github" and os.environ.get(SUMMARY_VARIABLE):
        _append_summary(render("markdown", report, context), os.environ[SUMMARY_VARIABLE])
    return done


def send(text: str, where: Outputs, show: Callable[[str], None] = write) -> bool:
    """Give ``text`` to ``show``, or put it into the file that is to take the report. False if that failed."""
    if where.file:
        return _put(text, where.file)
    show(text)
    return True


def copy(report: Report, context: Context, where: Outputs) -> bool:
    """Write the copies of ``report``. False if one of them failed."""
    plain = replace(context, color=False, statistics=False, links=_links(), tell=complain)
    written = [_put(render(name, report, plain), path) for name, path in where.copies]
    return all(written)


def _put(text: str, path: str) -> bool:
    from oailint.reporters.context import printable
    from oailint.sources.writing import NotWritten, put

    try:
        put(path, text.encode("utf-8", "backslashreplace"))
    except NotWritten as error:
        complain(f"error: {printable(path)}: {error}")
        return False
    return True


def _append_summary(text: str, path: str) -> None:
    try:
        with open(path, "ab") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except (OSError, ValueError) as error:  # a NUL in the path is no OSError
        reason = getattr(error, "strerror", None) or type(error).__name__
        complain(f"warning: the job summary could not be written: {reason}")


def _links() -> str:
    """What stands before a path in links to the source, where GitHub or GitLab runs the job; else nothing."""
    said = os.environ
    if said.get("GITHUB_REPOSITORY") and said.get("GITHUB_SHA") and said.get("GITHUB_SERVER_URL"):
        base = f"{said['GITHUB_SERVER_URL']}/{said['GITHUB_REPOSITORY']}/blob/{said['GITHUB_SHA']}"
        top = said.get("GITHUB_WORKSPACE", "")
    elif said.get("CI_PROJECT_URL") and said.get("CI_COMMIT_SHA"):
        base, top = f"{said['CI_PROJECT_URL']}/-/blob/{said['CI_COMMIT_SHA']}", said.get("CI_PROJECT_DIR", "")
    else:
        return ""
    return f"{base}/{_below(top)}"


def _below(top: str) -> str:
    """The working directory below ``top``, with a ``/`` at its end; empty if it is ``top``, or lies elsewhere."""
    from oailint.reporters.texts import reference

    if not top:
        return ""
    try:
        near = os.path.relpath(os.path.realpath("."), os.path.realpath(top)).replace(os.sep, "/")
    except ValueError:  # another drive
        return ""
    return "" if near == "." or near.startswith("..") else f"{reference(near)}/"
