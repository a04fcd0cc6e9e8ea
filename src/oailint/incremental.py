"""What of a project need not be worked out again, since nothing that decides it has changed.

A ``Task`` is one project in one run. It is asked whose facts are wanted, in two steps, and then for the findings: of
the parts of the project in which nothing has changed they are those of the state that is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import fields

from oailint import results
from oailint.cache import Cache
from oailint.codec import Packed
from oailint.config import Config
from oailint.facts import Broken
from oailint.loading import Item, content
from oailint.loading import digest as digest_of
from oailint.results import Found, Outcome, Part, State, digest

if TYPE_CHECKING:
    from oailint.facts import Import

_ASIDE = {
    *("select", "ignore", "extend_select", "per_file_ignores"),  # the rules of each file are part of the keys
    *("exclude", "extend_exclude", "max_file_size"),  # so are the files and what was read in them
    *("min_severity", "min_confidence", "baseline", "backoff", "backoff_helper"),  # these come after
    *("cache_dir", "output_format", "root", "source"),
}
"""Settings that need not be the same for findings to be. A new one must, unless it is entered here."""

_BROKEN, _PASSED_OVER = b"broken", b"passed over"
_NOTHING = Outcome(Found(), b"")


class Task:
    """The findings of one project.

    ``name`` tells the project, and the way to look at it, from others; ``base`` is what decides beside its files.
    ``digests`` are those of the files by their keys, of which ``unread`` could not be read; ``codes`` gives the rules
    that are on for one, and ``old`` is what is remembered. ``roots`` are further import roots.
    """

    def __init__(
        self,
        name: str,
        base: bytes,
        digests: Mapping[str, str],
        unread: Collection[str],
        codes: Callable[[str], frozenset[str]],
        roots: tuple[str, ...],
        old: State | None,
    ) -> None:
        self.name = name
        self.base = base
        self.digests = digests
        self.unread = unread
        self.codes = codes
        self.roots = roots
        self.old = old
        self._known: dict[bytes, tuple[Found, bytes]] = {}
        self._imports: dict[str, bytes] = {}
        self._modules: dict[str, frozenset[Import]] = {}
        self._groups: list[tuple[int, ...]] = []
        self._new: list[tuple[int, ...]] = []
        self._uses_openai = False
        self._shown: dict[frozenset[str], str] = {}
        self._paths = tuple(sorted(self.digests))
        self._recall()
        old = self.old
        self._key = self._whole_key()
        self.is_known = old is not None and old.key == self._key
        self._broken = {} if old is None else dict(old.broken)
        self._changed: list[str] = list(self._paths)
        if old is not None and old.paths == self._paths:
            self._imports = dict(zip(self._paths, old.imports, strict=True))
            before = zip(self._paths, old.digests, strict=True)
            self._changed = [path for path, one in before if self.digests[path] != one or self._is_doubtful(path)]

    def _recall(self) -> None:
        if self.old is None:
            return
        paths = frozenset(self.old.paths)
        try:
            for part in self.old.parts:
                self._known[part.key] = results.unpack(part.found, paths), part.found
        except ValueError:  # somebody made it up
            self.old, self._known = None, {}

    def _is_doubtful(self, path: str) -> bool:
        """Whether a file had no facts for a reason that may be gone: the parser gave up on it."""
        broken = self._broken.get(path)
        return broken is not None and not broken.rejected and path not in self.unread

    @property
    def wants_all(self) -> bool:
        """Whether the facts of all files are wanted: it must be seen anew which of them belong together."""
        return not self.is_known and not self._groups

    def first(self) -> list[str]:
        """The files whose facts are wanted at first, unless all are."""
        return self._changed if self._imports and not self.is_known else []

    def second(self, facts: Packed) -> list[str]:
        """The files whose facts are wanted beside those of the first step, which are in ``facts``, unless all are."""
        if self.is_known or not self._imports:
            return []
        old, before = self.old, dict(self._imports)
        for path in self._changed:
            self._look(path, facts)
        if old is None or before != self._imports:
            return []
        self._groups = [part.members for part in old.parts]
        self._uses_openai = old.uses_openai
        stale = [group for group in self._groups if self._key_of(group) not in self._known]
        if any(self._imports[self._paths[group[0]]] == _PASSED_OVER for group in stale):
            self._groups = []
            return []
        return [path for group in stale for path in self._named(group) if path not in self._modules]

    def divide(self, facts: Packed) -> tuple[list[list[str]], bool]:
        """The parts of the project that are to be judged, each given by its files, and whether the project imports the
        SDK. ``facts`` has those of all files that were wanted."""
        if self.is_known:
            return [], False
        if not self._groups:
            self._find_groups(facts)
        self._new = [
            group
            for group in self._groups
            if self._key_of(group) not in self._known and self._imports[self._paths[group[0]]] != _PASSED_OVER
        ]
        return [self._named(group) for group in self._new], self._uses_openai

    def finish(self, judged: Sequence[Outcome]) -> tuple[Found, State]:
        """The findings, and what is to be remembered. ``judged`` is what is found in the parts of ``divide``."""
        if self.is_known:
            assert self.old is not None
            return results.together(self._known[part.key][0] for part in self.old.parts), self.old
        keys = [self._key_of(group) for group in self._groups]
        outcomes = dict(zip(self._new, judged, strict=True))
        all_found, parts = [], []
        for key, group in zip(keys, self._groups, strict=True):
            if key in self._known:
                found, packed = self._known[key]
                parts.append(Part(key, group, packed))
            else:
                found, data = outcomes.get(group, _NOTHING)
                parts.append(Part(b"", group, b"") if data is None else Part(key, group, data))
            all_found.append(found)
        is_certain = all(part.key for part in parts) and not any(map(self._is_doubtful, self._broken))
        state = State(
            self.name,
            self._key if is_certain else b"",
            self._paths,
            tuple(self.digests[path] for path in self._paths),
            tuple(self._imports[path] for path in self._paths),
            self._uses_openai,
            tuple(parts),
            self._broken,
        )
        return results.together(all_found), state

    def _look(self, path: str, facts: Packed) -> None:
        self._broken.pop(path, None)
        if facts.is_broken(path):
            broken = facts[path]
            assert isinstance(broken, Broken)
            self._broken[path] = broken
            self._imports[path], self._modules[path] = _BROKEN, frozenset()
            return
        if facts.is_passed_over(path):  # which of these belong together is seen when one changes
            self._imports[path], self._modules[path] = _PASSED_OVER, frozenset()
            return
        found = facts.imports(path)
        texts = sorted(f"{one.level} {one.module} {one.name}" for one in found)
        self._imports[path], self._modules[path] = digest(*texts)[:12], found

    def _find_groups(self, facts: Packed) -> None:
        """The parts of the project, each of the files without facts one of its own."""
        from oailint.project.components import divide

        for path in self._paths:
            if path not in self._modules:
                self._look(path, facts)
        self._broken = {path: one for path, one in self._broken.items() if path in self._modules}
        parts = divide({path: self._modules[path] for path in self._paths if path not in self._broken}, self.roots)
        index = {path: number for number, path in enumerate(self._paths)}
        groups: list[list[str]] = []
        passed: list[str] = []
        for group in parts.paths:
            if all(self._imports[path] == _PASSED_OVER for path in group):
                passed += group
            else:
                groups.append(list(group))
        groups += [passed] if passed else []
        groups += [[path] for path in self._broken]
        self._groups = [tuple(sorted(index[path] for path in group)) for group in groups]
        self._uses_openai = parts.uses_openai

    def _named(self, group: tuple[int, ...]) -> list[str]:
        return [self._paths[number] for number in group]

    def _rules(self, path: str) -> str:
        codes = self.codes(path)
        if codes not in self._shown:
            self._shown[codes] = " ".join(sorted(codes))
        return self._shown[codes]

    def _whole_key(self) -> bytes:
        pieces = [f"{path}\0{self.digests[path]}\0{self._rules(path)}" for path in self._paths]
        return digest(self.base, "\n".join(pieces))

    def _key_of(self, group: tuple[int, ...]) -> bytes:
        pieces = [f"{path}\0{self.digests[path]}\0{self._rules(path)}" for path in self._named(group)]
        imports = b"".join(self._imports[path] for path in self._named(group))
        return digest(self.base, str(self._uses_openai), "\n".join(pieces), imports)


class Memory(Struct):
    """What a process keeps from run to run: the digest of each file (and whether it could not be read), facts by path,
    and the states of projects by their names. What is in it is not looked up on disk again."""

    digests: dict[str, tuple[str, bool]] = field(default_factory=dict)
    loaded: Packed = field(default_factory=lambda: Packed({}))
    states: dict[str, State] = field(default_factory=dict)

    def forget(self, path: str) -> None:
        """Look the file ``path`` up again."""
        self.digests.pop(path, None)
        self.loaded = self.loaded.without(path)

    def see(self, used: Mapping[str, str]) -> None:
        """Forget the files that were changed while they were looked at: ``used`` are the digests of what was read."""
        for path, one in used.items():
            if self.digests.get(path, ("", False))[0] != one:
                self.forget(path)


def start(
    cache: Cache | None,
    way: Sequence[str],
    items: Mapping[str, Item],
    config: Config,
    codes: Callable[[str], frozenset[str]],
    rules: Sequence[object],
    memory: Memory | None = None,
) -> Task:
    """The task of a project whose files are ``items``, by their keys.

    ``way`` are words that tell the project, and the way to look at it, from others. ``config`` is as linking wants it.
    """
    known = {} if memory is None else memory.digests
    digests, unread = {}, set()
    for key, item in items.items():
        if item.path not in known:
            data = content(item)
            known[item.path] = digest_of(item, data), isinstance(data, Broken)
        digests[key], is_unread = known[item.path]
        if is_unread:
            unread.add(key)
    settings = [f"{one.name}={getattr(config, one.name)!r}" for one in fields(config) if one.name not in _ASIDE]
    kinds = [f"{type(rule).__module__}.{type(rule).__qualname__}" for rule in rules]
    base = digest(results.engine(), *settings, "rules", *kinds)
    name = digest(base, *way).hex()
    old = memory.states.get(name) if memory is not None else None
    if old is None and cache is not None:
        old = results.load(cache, name)
    return Task(name, base, digests, unread, codes, config.src, old)


def keep(task: Task, state: State, used: Mapping[str, str], cache: Cache | None, memory: Memory | None) -> None:
    """Remember ``state``, where its findings are made of what the ``task`` was about. ``used`` are the digests, by the
    keys of the files, of what was read for them."""
    if state is task.old or any(task.digests[key] != one for key, one in used.items()):
        return
    if memory is not None:
        memory.states[state.name] = state
    elif cache is not None:
        results.save(cache, state)
