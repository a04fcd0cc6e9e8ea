"""Standard output and standard error, whatever they are connected to."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any

from oailint.version import VERSION


def is_colored(when: str, stream: Any) -> bool:
    """Whether to colour what goes to ``stream``: ``when`` is always, never or auto."""
    if when != "auto":
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


def write(text: str) -> None:
    """To standard output, whatever characters it takes; quietly if nobody reads it any more."""
    encoding = sys.stdout.encoding or "utf-8"
    safe = text.encode(encoding, "backslashreplace").decode(encoding)
    try:
        sys.stdout.write(safe)
        sys.stdout.flush()
    except BrokenPipeError:
        forget_stdout()
    except OSError as error:
        complain(f"error: standard output cannot be written: {error.strerror}")
        forget_stdout()
        raise SystemExit(2) from None


def write_bytes(data: bytes) -> None:
    """To standard output as they are; quietly if nobody reads it any more."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        forget_stdout()
    except OSError as error:
        complain(f"error: standard output cannot be written: {error.strerror}")
        forget_stdout()
        raise SystemExit(2) from None


def open_closed_streams() -> None:
    """A stream that is closed when Python starts is None; what goes there is thrown away."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - it is to stay open


def complain(text: str) -> None:
    """A line to standard error, whatever characters it takes; quietly if that cannot be written."""
    encoding = sys.stderr.encoding or "utf-8"
    try:
        sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        sys.stderr.flush()
    except OSError:  # there is nobody to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def forget_stdout() -> None:
    """Python flushes standard output once more at exit; that must not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def confess(error: Exception, *, verbose: bool) -> None:
    """Tell of an error in oailint itself. Its message may hold source text, so only its kind and place are told."""
    frames = traceback.extract_tb(error.__traceback__)
    package = os.path.dirname(os.path.abspath(__file__))
    ours = [frame for frame in frames if frame.filename.startswith(package)] or frames
    place = f"{os.path.basename(ours[-1].filename)}:{ours[-1].lineno} in {ours[-1].name}" if ours else "?"
    complain(f"error: oailint itself failed: {type(error).__name__} at {place} (version {VERSION}).")
    complain("This is a bug. Please report it, with the output of --verbose.")
    if verbose:
        from oailint.masking import mask_line, mask_literals

        for line in "".join(traceback.format_exception(error)).splitlines():
            complain(mask_line(mask_literals(line)))
