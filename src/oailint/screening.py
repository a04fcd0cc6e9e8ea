"""Which files of a project cannot matter: told from their bytes and imports, before anything is parsed.

A part of a project, the files that imports connect, is linked on its own. It has findings only if something in it
speaks of OpenAI: in the SDK's name, the path of a method, a URL, the name or the shape of a key, the text of an error,
a library that hands requests or errors on. Where no file of a part does, none of them is parsed, since all that is said
of them is whether Python would read them. Everything here errs on the side of parsing: a word counts in whatever
place it stands, an import too.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from oailint import knowledge
from oailint.config import Config
from oailint.facts import Broken, Import, Span
from oailint.project.components import parts
from oailint.sources import decode

_COMMENT = re.compile(r"oailint|noqa[^\r\n]*oai")
_KEY = re.compile(r"(?<![a-z0-9])(?:sk-|sess-)")
_CONTINUED = re.compile(r"\\(?:\r\n?|\n)")
_FROM = re.compile(r"\bfrom[ \t\f]*(\.*)[ \t\f]*([\w. \t\f]*?)[ \t\f]*$")
_NAMES = re.compile(r"[ \t\f]*(?:\((?P<inside>(?:[^)#]|#[^\r\n]*)*)|(?P<line>[^\r\n;#]*))")
_REMARK = re.compile(r"#[^\r\n]*")
_DOTTED = re.compile(r"[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*|\*")
_NOWHERE = Span(1, 1, 1, 1)


class _Words(NamedTuple):
    """What tells, in lower case: ``telling`` words, those that tell of ``errors`` in a file that catches some, the
    top ``modules`` that tell when they are imported, and method ``paths`` that tell if a part has all their
    ``names``."""

    telling: tuple[str, ...]
    errors: tuple[str, ...]
    modules: frozenset[str]
    paths: tuple[frozenset[str], ...]
    names: frozenset[str]


@functools.cache
def _words() -> _Words:
    sdk, keys, errors, retries = knowledge.sdk(), knowledge.keys(), knowledge.errors(), knowledge.retries()
    dotted = (*sdk.modules, *sdk.clients, *sdk.wrappers, *knowledge.http().hosts, *knowledge.http().paths)
    named = (*keys.keywords, *keys.environment)
    telling = {"openai", "completions", *(name.lower() for name in named if name.lower() != "api_key")}
    telling |= {name.lower() for name in dotted if "openai" in name.lower()}
    paths = tuple(frozenset(path.split(".")) for path in sdk.distinctive)
    tools = (*retries.tools, *retries.predicates, *errors.raisers)
    return _Words(
        # What holds another of them tells no more than that one.
        tuple(sorted(one for one in telling if not any(other != one and other in one for other in telling))),
        tuple(one.text for one in errors.fragments if not one.generic),
        frozenset(name.partition(".")[0] for name in tools),
        paths,
        frozenset().union(*paths),
    )


class Screen:
    """Tells which files of a project need not be parsed. ``contents`` are theirs, by path relative to its root."""

    def __init__(self, contents: Mapping[str, bytes | Broken], config: Config) -> None:
        self._roots = config.src
        self._telling: set[str] = set()
        self._imports: dict[str, set[Import]] = {}
        self._names: dict[str, set[str]] = {}
        own = tuple(name.rpartition(".")[2].lower() for name in (*config.clients, *config.requests))
        for path in sorted(contents):
            data = contents[path]
            text = decode(data) if isinstance(data, bytes) else data
            if isinstance(text, Broken):
                continue
            imports = self._imports[path] = set(imported(text))
            if _tells(text.lower(), imports, own):
                self._telling.add(path)
            else:
                self._names[path] = {name for name in _words().names if name in text}

    def passed_over(self, broken: Iterable[str]) -> set[str]:
        """The files that cannot matter. ``broken`` are those that turned out to have no facts."""
        if not self._names:
            return set()
        gone = frozenset(broken)
        found: set[str] = set()
        for part in parts({path: one for path, one in self._imports.items() if path not in gone}, self._roots):
            if self._telling.isdisjoint(part) and not _have_path(self._names[path] for path in part):
                found.update(part)
        return found


def _have_path(names: Iterable[AbstractSet[str]]) -> bool:
    """Whether files hold, together, all names of a method path by which a request is known on an unknown receiver."""
    known = frozenset().union(*names)
    return any(path <= known for path in _words().paths)


def _tells(text: str, imports: AbstractSet[Import], own: Iterable[str]) -> bool:
    """Whether a text in lower case, with these imports, tells of OpenAI, or holds a comment for this tool."""
    words = _words()
    return (
        any(word in text for word in words.telling)
        or any(word in text for word in own)
        or any(not one.level and one.module.partition(".")[0] in words.modules for one in imports)
        or ("except" in text and any(word in text for word in words.errors))
        or (("sk-" in text or "sess-" in text) and _KEY.search(text) is not None)
        or (("oailint" in text or "noqa" in text) and _COMMENT.search(text) is not None)
    )


def imported(text: str) -> Iterator[Import]:
    """What a text imports, and perhaps more: what only looks like an import counts too. Places are not told."""
    if "\\" in text:
        text = _CONTINUED.sub(" ", text)
    place = text.find("import")
    while place >= 0:
        end = place + len("import")
        if not (text[end : end + 1].isidentifier() or text[place - 1 : place].isidentifier()):
            yield from _statement(text, place, end)
        place = text.find("import", end)


def _statement(text: str, place: int, end: int) -> Iterator[Import]:
    start = max(text.rfind("\n", 0, place), text.rfind("\r", 0, place)) + 1
    source = _FROM.search(text, start, place)
    listed = _NAMES.match(text, end)
    names = (listed["inside"] or listed["line"] or "") if listed is not None else ""
    for part in _REMARK.sub("", names).split(","):
        name = _DOTTED.match(part.strip())
        if name is None:
            continue
        dotted = "".join(name[0].split())
        if source is not None:
            module = "".join(source[2].split())
            yield Import(module, dotted, "", len(source[1]), 0, _NOWHERE)
        elif dotted != "*":
            yield Import(dotted, "", "", 0, 0, _NOWHERE)
