"""The use case that records: what a run found goes into a baseline."""

from __future__ import annotations

import os
from collections.abc import Sequence

from msgspec import Struct

from oailint import baseline
from oailint.baseline import Baseline, Seen
from oailint.findings import Report
from oailint.run import in_order
from oailint.sources import display
from oailint.sources.writing import Content, NotWritten, write_all


class NotRecorded(Exception):
    """The baseline could not be written. The message says which and why."""


class Recorded(Struct, frozen=True):
    """The baseline ``shown`` holds ``total`` findings, ``new`` and not ``gone`` among them. Has it ``changed``?"""

    shown: str
    total: int
    new: int
    gone: int
    changed: bool

    def __str__(self) -> str:
        findings = "1 finding" if self.total == 1 else f"{self.total} findings"
        if not self.changed:
            return f"{self.shown} is up to date: {findings}."
        return f"Recorded {findings} in {self.shown} ({self.new} new, {self.gone} gone)."


def target(path: str) -> Baseline:
    """The baseline in the file ``path`` as it is, to be written by ``record``.

    Raises ConfigError if the file is there but is no baseline: it must not be lost.
    """
    return baseline.load(os.path.abspath(path), may_lack=True)


def record(old: Baseline, report: Report, seen: Sequence[Seen]) -> Recorded:
    """Write what was ``seen`` in the place of ``old``; all findings of ``report`` are baselined then.

    Raises NotRecorded if the file cannot be written, or is not what it was when ``old`` was read.
    """
    entries = baseline.rewritten(old, seen)
    data = baseline.render(entries)
    is_new = old.data is None or data != old.data
    if is_new:
        try:
            write_all([Content(old.path, data, old.data)])
        except NotWritten as error:
            raise NotRecorded(f"{display(old.path, os.getcwd())}: {error}") from None
    report.baselined = in_order([*report.findings, *report.baselined])
    report.findings = []
    report.has_baseline = True
    report.statistics.baselined = len(report.baselined)
    new, gone = baseline.difference(old.entries, entries)
    total = sum(one.count for one in entries)
    return Recorded(display(old.path, os.getcwd()), total, new, gone, is_new)
