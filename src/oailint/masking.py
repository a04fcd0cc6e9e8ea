"""What looks like a secret, and how it is kept from view.

Literals become facts, and lines of source become excerpts in reports: both pass through here first. The shapes of
keys, the words of stand-ins and the names of places that hold secrets are data, in ``knowledge/keys.toml``.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable
from importlib import resources
from typing import NamedTuple

import msgspec
import tomli

LONGEST_TEXT = 200
"""Longer text is ``prose``: nothing is decided on it, and it may hold anything."""

MASK = "****"

_SHORTEST_KEY = 16
_SHORTEST_OPAQUE = 20

_RUN = re.compile(r"[A-Za-z0-9_\-]{16,}")
_KEY_CHARS = re.compile(r"[A-Za-z0-9_\-.+/=]*")
_HEX = re.compile(r"(?<![A-Za-z0-9])(?=[0-9A-Fa-f]*[0-9])(?=[0-9A-Fa-f]*[A-Fa-f])[0-9A-Fa-f]{24,}(?![A-Za-z0-9])")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}={0,2}")
_ENVIRONMENT_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_WORD = re.compile(r"[^A-Za-z0-9]+")
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_LITERAL = re.compile(
    r'("""|\'\'\')(?P<triple>(?:[^\\]|\\.)*?)(?P<triple_end>\1|\Z)'
    r'|(?P<quote>["\'])(?P<single>(?:(?!(?P=quote))[^\\\r\n]|\\.)*)(?P<end>(?P=quote)|(?=[\r\n])|\\?\Z)',
    re.DOTALL,
)


class Shape(NamedTuple):
    """What may be told of a secret: the name of its shape, its length, its public prefix, whether it is a stand-in."""

    shape: str
    length: int
    prefix: str
    placeholder: bool


class _KeyShape(msgspec.Struct, frozen=True):
    name: str
    prefix: str
    body: str


class _Placeholders(msgspec.Struct, frozen=True):
    words: frozenset[str]
    marks: tuple[str, ...]


class _Names(msgspec.Struct, frozen=True):
    secret: tuple[str, ...]
    secret_suffixes: tuple[str, ...]
    schemes: frozenset[str]


class _Language(msgspec.Struct, frozen=True):
    pairs: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    shapes: tuple[_KeyShape, ...]
    placeholders: _Placeholders
    names: _Names
    language: _Language


class _Table:
    """``knowledge/keys.toml``, ready for use."""

    def __init__(self) -> None:
        text = resources.files("oailint.knowledge").joinpath("keys.toml").read_text("utf-8")
        file = msgspec.convert(tomli.loads(text), _File)
        self.shapes = file.shapes
        self.pattern = re.compile(
            "(?<![A-Za-z0-9])(?:" + "|".join(f"({re.escape(one.prefix)}{one.body})" for one in file.shapes) + ")"
        )
        self.words = file.placeholders.words
        self.marks = file.placeholders.marks
        self.schemes = file.names.schemes
        self.pairs = frozenset(file.language.pairs.split())
        whole, ends = "|".join(file.names.secret), "|".join(file.names.secret_suffixes)
        self.secret_name = re.compile(f"(?:{whole}|(?:.*_)?(?:{ends}))", re.DOTALL)


@functools.lru_cache(maxsize=1)
def _table() -> _Table:
    return _Table()


def classify(value: str) -> Shape | None:
    """The shape of ``value`` if it is, or holds, something that looks like a secret, or is too long to judge.

    None says that the text is safe to keep.
    """
    if len(value) < _SHORTEST_KEY:
        return None
    for match in _RUN.finditer(value):
        found = _shape_of_run(match.group())
        if found is not None:
            name, prefix, core = found
            return Shape(name, len(value), prefix, is_placeholder(core))
    if len(value) > LONGEST_TEXT:
        return Shape("prose", len(value), "", False)
    return None


def secret_shape(value: str) -> Shape:
    """The shape of ``value``, which stands where a secret is expected: ``plain`` if nothing else."""
    return classify(value) or Shape("plain", len(value), "", is_placeholder(value))


def surroundings(value: str) -> tuple[str, bool]:
    """What stands before the secret that ``value`` is or holds, if it is nothing but a header's scheme, else empty;
    and whether nothing else stands beside the secret."""
    text = value.strip()
    scheme, blank, rest = text.partition(" ")
    if blank and is_scheme(f"{scheme} "):
        return f"{scheme} ", _KEY_CHARS.fullmatch(rest) is not None
    return "", _KEY_CHARS.fullmatch(text) is not None


def is_environment_name(value: str) -> bool:
    """Whether ``value`` reads as the name of an environment variable (``OPENAI_API_KEY``), which is no secret."""
    return _ENVIRONMENT_NAME.fullmatch(value) is not None and classify(value) is None


def is_scheme(value: str) -> bool:
    """Whether ``value`` is what stands before a secret in a header: ``"Bearer "``, with the space."""
    scheme = value.rstrip(" :=")
    return len(scheme) < len(value) < 16 and scheme.lower() in _table().schemes


@functools.lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a variable, parameter, dict key or header of this name holds a secret: its last part says so."""
    last = name.rpartition(".")[2]
    if len(last) > 64:
        return False
    words = _CAMEL.sub("_", last).replace("-", "_").strip("_ ").lower()
    return _table().secret_name.fullmatch(words) is not None


def is_placeholder(value: str) -> bool:
    """Whether ``value`` only stands in for a key: too short, not varied, made of words, or says so itself."""
    table = _table()
    text = value.strip().strip("\"'")
    scheme, _, rest = text.partition(" ")
    if scheme.lower() in table.schemes:
        text = rest.strip()
    if len(text) < _SHORTEST_KEY or any(mark in text for mark in table.marks) or any(map(str.isspace, text)):
        return True
    body = _without_prefix(text)
    if len(set(body.lower())) <= 3 or _is_series(body):
        return True
    if any(len(word) >= 3 and word.lower() in table.words for word in _NOT_WORD.split(body)):
        return True
    bad, pairs = _jumble(body)
    if (bad >= 5 and bad > 0.4 * pairs) or _HEX.fullmatch(body):
        said = sum(len(word) for word in _TOKEN.findall(body) if len(word) >= 3 and word.lower() in table.words)
        return said * 2 >= len(body)
    return True


def mask_line(text: str) -> str:
    """``text`` with everything in it that looks like a secret replaced by its public prefix and ``****``."""
    return _RUN.sub(_masked_run, _BASE64.sub(_masked_base64, text))


def paint_line(text: str) -> str:
    """``text`` as ``mask_line`` leaves it, but with a star for each character of a secret, so that places stay true."""
    return _RUN.sub(_painted_run, _BASE64.sub(_painted_base64, text))


def mask_literals(text: str) -> str:
    """``text``, a line of Python, with every string literal of 8 characters or more emptied to ``****``."""
    return mask_line(_LITERAL.sub(_masked_literal, text))


def _masked_run(match: re.Match[str]) -> str:
    return _hidden_run(match.group(), lambda secret: MASK)


def _painted_run(match: re.Match[str]) -> str:
    return _hidden_run(match.group(), lambda secret: "*" * len(secret))


def _hidden_run(run: str, hide: Callable[[str], str]) -> str:
    found = _shape_of_run(run)
    if found is None or found[0] in ("identifier", "uuid"):
        return run
    _, prefix, core = found
    # What only calls itself a stand-in is masked all the same: nothing is lost by it.
    if is_placeholder(core) and not _is_random(_without_prefix(core)):
        return run
    start, end = run.index(core), run.index(core) + len(core)
    # The rest may hold another one.
    rest = _RUN.sub(lambda match: _hidden_run(match.group(), hide), run[end:])
    return run[:start] + prefix + hide(run[start + len(prefix) : end]) + rest


def _masked_base64(match: re.Match[str]) -> str:
    return MASK if _is_base64(match.group()) else match.group()


def _painted_base64(match: re.Match[str]) -> str:
    return "*" * len(match.group()) if _is_base64(match.group()) else match.group()


def _is_base64(run: str) -> bool:
    has_all = any(map(str.isdigit, run)) and any(map(str.isupper, run)) and any(map(str.islower, run))
    return has_all and ("+" in run or "/" in run) and _is_random(run)


def _masked_literal(match: re.Match[str]) -> str:
    quote, content, end = match[1], match["triple"], match["triple_end"]
    if quote is None:
        quote, content, end = match["quote"], match["single"], match["end"]
    return f"{quote}{content if len(content) < 8 else MASK}{end}"


def _shape_of_run(run: str) -> tuple[str, str, str] | None:
    """Name, public prefix and the secret itself, prefix included, of the first secret in a run of key characters."""
    table = _table()
    match = table.pattern.search(run)
    if match is not None:
        shape = table.shapes[(match.lastindex or 1) - 1]
        return shape.name, shape.prefix, match.group()
    match = _HEX.search(run)
    if match is not None:
        return "hex", "", match.group()
    if len(run) >= _SHORTEST_OPAQUE and _is_mixed(run) and _is_random(run) and not _is_composed(run):
        return "opaque", "", run
    return None


def _is_mixed(run: str) -> bool:
    has_digit = any(map(str.isdigit, run))
    has_upper, has_lower = any(map(str.isupper, run)), any(map(str.islower, run))
    return (has_digit and (has_upper or has_lower)) or (has_upper and has_lower)


def _is_composed(run: str) -> bool:
    """Whether ``run`` is made of many short parts, some of them letters only, as the names of models are."""
    parts = re.split("[-_]+", run)
    letters = sum(map(str.isalpha, parts))
    return len(parts) > 3 and max(map(len, parts)) <= 8 and letters * 5 >= len(parts)


def _is_random(run: str) -> bool:
    bad, pairs = _jumble(run)
    return bad >= 6 and bad > 0.4 * pairs


def _jumble(run: str) -> tuple[int, int]:
    """How many of the pairs of neighbours in ``run`` are not as in words, and how many were judged.

    Two digits, and a capital after a small letter, tell nothing; neither do separators.
    """
    known = _table().pairs
    bad = pairs = 0
    for first, second in itertools.pairwise(run):
        if not (first.isalnum() and second.isalnum()):
            continue
        if first.isdigit() and second.isdigit():
            continue
        if first.islower() and second.isupper():
            continue
        pairs += 1
        if (first + second).lower() not in known:
            bad += 1
    return bad, pairs


def _is_series(body: str) -> bool:
    """Whether ``body`` counts up or down or repeats: ``12345678``, ``abcdef``, ``aaaa``, ``a1b2c3d4e5f6g7h8``."""
    codes = [ord(one) for one in body.lower() if one.isalnum()]
    steps = [second - first for first, second in itertools.pairwise(codes)]
    if sum(-1 <= step <= 1 for step in steps) > 0.55 * max(len(steps), 1):
        return True
    length = longest = 0
    for first, third in zip(codes, codes[2:], strict=False):
        length = length + 1 if third - first == 1 else 0
        longest = max(longest, length)
    return longest >= 12


def _without_prefix(text: str) -> str:
    match = _table().pattern.match(text)
    if match is None:
        return text.removeprefix("sk-")
    return text.removeprefix(_table().shapes[(match.lastindex or 1) - 1].prefix)
