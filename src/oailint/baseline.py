"""The baseline: findings that were there one day and are set aside, by rule, file and fingerprint, with counts.

The file is JSON with one entry a line. It holds neither line numbers nor times, so that edits elsewhere in a file leave
it valid and its diffs show what was fixed. Paths are relative to its folder, with ``/``.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from oailint.config import ConfigError, shown
from oailint.findings import Finding
from oailint.masking import mask_line
from oailint.paths import local, portable

FORMAT_VERSION = 1
"""Raised when an older oailint would misread the file."""

_LONGEST_SUBJECT = 80
_TEXTS = ("path", "rule", "scope", "subject", "fingerprint")

_Fault = tuple[str, str]
"""The rule and the fingerprint: what makes findings of one file equal."""


class Entry(Struct, frozen=True, order=True):
    """``count`` equal findings in one function of one file.

    ``path`` and ``rule`` with ``fingerprint`` are the key. ``scope``, the function or class, only decides which of
    too many equal findings are the new ones. ``subject`` is for readers.
    """

    path: str
    rule: str
    scope: str
    subject: str
    fingerprint: str
    count: int

    @property
    def fault(self) -> _Fault:
        return self.rule, self.fingerprint


class Baseline(Struct, frozen=True):
    """What the file ``path`` (absolute) records. ``data`` is its content; None where it does not exist yet."""

    path: str
    entries: tuple[Entry, ...] = ()
    data: bytes | None = None
    _folders: dict[str, str] = field(default_factory=dict)
    """What is known already of how entries call folders."""

    def key(self, path: str) -> str:
        """How entries call the file ``path`` (absolute)."""
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = self._key_of_folder(folder)
        return portable(self._folders[folder] + name)

    def _key_of_folder(self, folder: str) -> str:
        real = os.path.realpath(folder)
        try:
            relative = os.path.relpath(real, os.path.realpath(os.path.dirname(self.path)))
        except ValueError:  # on another drive
            relative = real
        return "" if relative == os.curdir else relative.rstrip(os.sep).replace(os.sep, "/") + "/"

    def knows_only(self, paths: Iterable[str]) -> bool:
        """Whether all files that are recorded, and still exist, are among ``paths`` (absolute)."""
        keys = {self.key(path) for path in paths}
        return all(one.path in keys or not os.path.exists(self.file(one)) for one in self.entries)

    def file(self, entry: Entry) -> str:
        """The file that an entry is about, as an absolute path; it need not exist."""
        return os.path.normpath(os.path.join(os.path.realpath(os.path.dirname(self.path)), local(entry.path)))


class Seen(Struct, frozen=True):
    """What a run found in the file ``path`` (absolute): the findings that it ``shown`` or set aside, and those that
    were ``hidden`` as too mild or not sure enough. ``codes`` are the rules that looked at the file. ``read`` are the
    files that were read for meaning; None stands for the whole project."""

    path: str
    codes: frozenset[str]
    shown: Sequence[Finding]
    hidden: Sequence[Finding] = ()
    read: frozenset[str] | None = None


# --- reading and writing ------------------------------------------------------------------------------------------


def load(path: str, *, may_lack: bool = False) -> Baseline:
    """The baseline in the file ``path`` (absolute); an empty one if it ``may_lack`` and does not exist.

    Raises ConfigError, naming the file and the place in it, where it cannot be read, is something else, or was written
    by a newer oailint.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise ConfigError(f"{shown(path)}: is not a regular file, so it is no baseline")
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        if may_lack:
            return Baseline(path)
        raise ConfigError(
            f"{shown(path)}: the baseline does not exist; `--write-baseline {shown(path)}` records what there is now"
        ) from None
    except OSError as error:
        raise ConfigError(f"{shown(path)}: cannot be read: {error.strerror or type(error).__name__}") from None
    try:
        return Baseline(path, tuple(_entries(data)), data)
    except _Wrong as error:
        raise ConfigError(f"{shown(path)}{error}") from None


class _Wrong(Exception):
    """The message begins with the place."""


def _entries(data: bytes) -> list[Entry]:
    table = _parsed(data)
    if not isinstance(table, dict) or table.get("tool") != "oailint" or "findings" not in table:
        raise _Wrong(":1:1: is not a baseline of oailint")
    version = table.get("version")
    if type(version) is int and version > FORMAT_VERSION:
        raise _Wrong(f": has version {version}, which a newer oailint wrote; this one reads version {FORMAT_VERSION}")
    if version != FORMAT_VERSION or type(version) is not int or not isinstance(table["findings"], list):
        raise _Wrong(":1:1: is not a baseline of oailint")
    counts: dict[Entry, int] = {}
    for number, item in enumerate(table["findings"]):
        one = _entry(item, f": findings[{number}]")
        blank = replace(one, count=0)
        counts[blank] = max(counts.get(blank, 0), one.count)  # both sides of a merge may have added it
    return [replace(one, count=count) for one, count in counts.items()]


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise _Wrong(f":{error.lineno}:{error.colno}: is not a baseline of oailint: {error.msg}") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Wrong(f":{line}: is not a baseline of oailint: no UTF-8") from None
    except (ValueError, RecursionError):
        raise _Wrong(":1:1: is not a baseline of oailint") from None


def _entry(item: object, place: str) -> Entry:
    if not isinstance(item, dict):
        raise _Wrong(f"{place} must be an object")
    values: dict[str, Any] = {}
    for name in _TEXTS:
        values[name] = item.get(name, "" if name in ("scope", "subject") else None)
        if not isinstance(values[name], str):
            raise _Wrong(f"{place}: {name!r} must be a string")
    count = item.get("count")
    if type(count) is not int or count < 1:
        raise _Wrong(f"{place}: 'count' must be a positive number")
    return Entry(count=count, **values)


def render(entries: Iterable[Entry]) -> bytes:
    """The content of a baseline that holds ``entries``."""
    lines = [
        json.dumps({**{name: getattr(one, name) for name in _TEXTS}, "count": one.count}) for one in sorted(entries)
    ]
    listed = "".join(f"\n    {line}," for line in lines).removesuffix(",") + ("\n  " if lines else "")
    return f'{{\n  "tool": "oailint",\n  "version": {FORMAT_VERSION},\n  "findings": [{listed}]\n}}\n'.encode()


# --- findings and entries -----------------------------------------------------------------------------------------


def fingerprint(one: Finding) -> str:
    """What stays of a finding when lines, functions and files move: a digest of its rule and subject."""
    return hashlib.sha256(f"{one.code}\0{one.subject}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def part(findings: Sequence[Finding], entries: Collection[Entry]) -> tuple[list[Finding], list[Finding]]:
    """``findings``, all of one file, parted into those to report and those that ``entries`` record.

    Where there are more than are recorded, those in the same function as then are taken to be the old ones, and then
    the first in the file.
    """
    left: Counter[_Fault] = Counter()
    by_scope: Counter[tuple[_Fault, str]] = Counter()
    for entry in entries:
        left[entry.fault] += entry.count
        by_scope[entry.fault, entry.scope] += entry.count
    in_order = sorted(range(len(findings)), key=lambda index: findings[index].location)
    faults = [(one.code, fingerprint(one)) for one in findings]
    recorded: set[int] = set()
    for index in in_order:
        place = (faults[index], _masked(findings[index].scope))
        if by_scope[place]:
            by_scope[place] -= 1
            left[faults[index]] -= 1
            recorded.add(index)
    for index in in_order:
        if index not in recorded and left[faults[index]]:
            left[faults[index]] -= 1
            recorded.add(index)
    kept = [one for index, one in enumerate(findings) if index not in recorded]
    return kept, [findings[index] for index in sorted(recorded)]


def rewritten(old: Baseline, seen: Iterable[Seen]) -> list[Entry]:
    """The entries that ``old`` should have after a run: those of what it found, and of what it did not look at.

    That are files it was not given and that still exist, rules that were off, and findings that were hidden, as far
    as they were recorded before. Where less of a project was read than is recorded, nothing leaves.
    """
    entries: Counter[Entry] = Counter()
    before: dict[str, list[Entry]] = defaultdict(list)
    for entry in old.entries:
        before[entry.path].append(entry)
    complete: dict[frozenset[str] | None, bool] = {None: True}

    def is_complete(read: frozenset[str] | None) -> bool:
        if read not in complete:
            complete[read] = old.knows_only(read or ())
        return complete[read]

    looked_at = set()
    for file in seen:
        path = old.key(file.path)
        if path in looked_at:  # under another name, through a link
            continue
        looked_at.add(path)
        known = before.get(path, [])
        _, still_hidden = part(file.hidden, [one for one in known if one.rule in file.codes])
        found = Counter((one.code, fingerprint(one)) for one in (*file.shown, *still_hidden))
        for finding in (*file.shown, *still_hidden):
            entries[_entry_of(path, finding)] += 1
        for entry in known:
            if entry.rule not in file.codes:
                entries[replace(entry, count=0)] += entry.count
            elif not is_complete(file.read):
                seen_again = min(found[entry.fault], entry.count)
                found[entry.fault] -= seen_again
                entries[replace(entry, count=0)] += entry.count - seen_again
    for path, known in before.items():
        if path not in looked_at and os.path.exists(old.file(known[0])):
            for entry in known:
                entries[replace(entry, count=0)] += entry.count
    return sorted(replace(one, count=count) for one, count in entries.items() if count)


def _entry_of(path: str, one: Finding) -> Entry:
    subject = _masked(" ".join(one.subject.split()))
    if len(subject) > _LONGEST_SUBJECT:
        subject = subject[: _LONGEST_SUBJECT - 3] + "..."
    return Entry(path, one.code, _masked(one.scope), subject, fingerprint(one), 0)


def _masked(text: str) -> str:
    return mask_line(text)


def difference(old: Iterable[Entry], new: Iterable[Entry]) -> tuple[int, int]:
    """How many findings ``new`` records that ``old`` did not, and the reverse."""
    before, after = _totals(old), _totals(new)
    return (after - before).total(), (before - after).total()


def _totals(entries: Iterable[Entry]) -> Counter[tuple[str, _Fault]]:
    totals: Counter[tuple[str, _Fault]] = Counter()
    for entry in entries:
        totals[entry.path, entry.fault] += entry.count
    return totals


# --- a run --------------------------------------------------------------------------------------------------------


class Baselines(Struct):
    """The baselines of one run, by path. ``to_write`` is the one that is to be written after it: it may lack."""

    to_write: str = ""
    _loaded: dict[str, Baseline] = field(default_factory=dict)
    _by_file: dict[str, dict[str, list[Entry]]] = field(default_factory=dict)
    _stale: Counter[str] = field(default_factory=Counter)

    def load(self, path: str) -> Baseline:
        """The baseline in the file ``path`` (absolute). Raises ConfigError as ``load`` does."""
        if path not in self._loaded:
            may_lack = bool(self.to_write) and os.path.realpath(path) == os.path.realpath(self.to_write)
            self._loaded[path] = found = load(path, may_lack=may_lack)
            files = self._by_file[path] = defaultdict(list)
            for entry in found.entries:
                files[entry.path].append(entry)
        return self._loaded[path]

    def part(
        self, path: str, file: str, findings: Sequence[Finding], codes: frozenset[str], read: frozenset[str] | None
    ) -> tuple[list[Finding], list[Finding]]:
        """``findings``, all of ``file``, parted by the baseline ``path``; ``codes`` and ``read`` as in ``Seen``."""
        found = self.load(path)
        entries = self._by_file[path].get(found.key(file), [])
        kept, recorded = part(findings, entries)
        unseen = sum(one.count for one in entries if one.rule in codes) - len(recorded)
        if unseen and (read is None or found.knows_only(read)):
            self._stale[path] += unseen
        return kept, recorded

    def look_for_gone(self, is_walked: Callable[[str], bool]) -> None:
        """Count the entries of files that do not exist any more, among those for which ``is_walked(path)``."""
        for path, found in self._loaded.items():
            for key in self._by_file[path]:
                file = found.file(self._by_file[path][key][0])
                if is_walked(file) and not os.path.lexists(file):
                    self._stale[path] += sum(one.count for one in self._by_file[path][key])

    def warnings(self) -> list[str]:
        """What to say of baselines that are out of date."""
        return [
            f"{shown(path)} records {'1 finding' if number == 1 else f'{number} findings'} no longer there; "
            f"run the same with `--write-baseline {shown(path)}` to bring it up to date"
            for path, number in sorted(self._stale.items())
            if number > 0 and not self.to_write
        ]
