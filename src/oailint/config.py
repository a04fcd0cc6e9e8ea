"""Configuration: ``[tool.oailint]`` of a pyproject.toml, or an oailint.toml, as one frozen value.

Rule names are not checked here (this module knows no rules); ``oailint.run`` does that.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import tomli
from msgspec import Struct, field

from oailint.findings import Confidence, Severity

FILE_NAMES = (".oailint.toml", "oailint.toml", "pyproject.toml")
"""Where configuration may stand in a folder; the first that holds any wins."""

FORMATS = ("full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown")
BACKOFFS = ("auto", "stdlib", "tenacity", "stamina", "backoff", "sdk")

DEFAULT_EXCLUDE = (
    ".bzr", ".direnv", ".eggs", ".git", ".git-rewrite", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pants.d",
    ".pyenv", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode", "__pycache__",
    "__pypackages__", "_build", "*.egg-info", "buck-out", "build", "dist", "node_modules", "site-packages", "venv",
)  # fmt: skip


class ConfigError(Exception):
    """The configuration, or a rule named on the command line, is wrong. The message says where and what."""


class Config(Struct, frozen=True):
    """The settings of one project.

    ``root`` is the folder that relative paths and patterns are relative to (absolute; empty: the working
    directory) and ``source`` the file they were read from (empty: none). ``select`` is None where nothing
    was said, which means every rule.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    src: tuple[str, ...] = (".", "src")
    min_severity: Severity = Severity.INFO
    min_confidence: Confidence = Confidence.LOW
    backoff: str = "auto"
    backoff_helper: str = ""
    clients: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    retries: tuple[str, ...] = ()
    throttles: tuple[str, ...] = ()
    baseline: str = ""
    cache_dir: str = ""
    output_format: str = ""
    max_file_size: int = 1_000_000
    root: str = ""
    source: str = ""


def nearest(word: str, words: object) -> str:
    """The closest of ``words`` to ``word`` as ``"; did you mean 'x'?"``, or nothing where none is close."""
    found = difflib.get_close_matches(word, [str(one) for one in words], 1) if isinstance(words, (list, tuple)) else []
    return f"; did you mean {found[0]!r}?" if found else ""


# --- the type of each key: what goes in is a TOML value, what comes out is the field's value -----------------------


_SEVERITIES = ("info", "warning", "error")
_CONFIDENCES = ("low", "medium", "high")


class _WrongType(Exception):
    """The message says what was expected."""


def _kind(value: object) -> str:
    names = {bool: "a boolean", str: "a string", int: "an integer", float: "a float", list: "a list", dict: "a table"}
    return names.get(type(value), "a date")


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise _WrongType(f"must be a string, not {_kind(value)}")
    return value


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _WrongType(f"must be a list of strings, not {_kind(value)}")
    for item in value:
        if not isinstance(item, str):
            raise _WrongType(f"must be a list of strings, but holds {_kind(item)}")
    return tuple(value)


def _dotted(value: object) -> tuple[str, ...]:
    names = _strings(value)
    for name in names:
        if not all(part.isidentifier() for part in name.split(".")):
            raise _WrongType(f"must be a list of dotted names, but holds {name!r}")
    return names


def _one_of(words: tuple[str, ...], value: object) -> str:
    word = _string(value)
    if word not in words:
        raise _WrongType(f"must be one of {', '.join(words)}, not {word!r}{nearest(word, words)}")
    return word


def _severity(value: object) -> Severity:
    return Severity[_one_of(_SEVERITIES, value).upper()]


def _confidence(value: object) -> Confidence:
    return Confidence[_one_of(_CONFIDENCES, value).upper()]


def _patterns(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise _WrongType(f"must be a table of patterns and lists of rules, not {_kind(value)}")
    try:
        return {pattern: _strings(rules) for pattern, rules in value.items()}
    except _WrongType as error:
        raise _WrongType(f"{error} (in one of its entries)") from None


def _helper(value: object) -> str:
    name = _string(value)
    module, _, function = name.partition(":")
    if name and not (function.isidentifier() and all(part.isidentifier() for part in module.split("."))):
        raise _WrongType(f"must read 'package.module:name', not {name!r}")
    return name


def _size(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _WrongType("must be a positive number of bytes")
    return value


class Key(Struct, frozen=True):
    """A key of the configuration: what makes the field's value of a TOML value, and what that must be, as a JSON
    schema."""

    convert: Callable[[object], object]
    schema: Mapping[str, object]


_STRINGS_SCHEMA: Mapping[str, object] = {"type": "array", "items": {"type": "string"}}
_STRING = Key(_string, {"type": "string"})
_STRINGS = Key(_strings, _STRINGS_SCHEMA)
_DOTTED = Key(_dotted, _STRINGS_SCHEMA)


def _choice(*words: str) -> Key:
    return Key(partial(_one_of, words), {"enum": list(words)})


KEYS: Mapping[str, Key] = {
    "select": _STRINGS,
    "ignore": _STRINGS,
    "extend-select": _STRINGS,
    "exclude": _STRINGS,
    "extend-exclude": _STRINGS,
    "per-file-ignores": Key(_patterns, {"type": "object", "additionalProperties": _STRINGS_SCHEMA}),
    "src": _STRINGS,
    "min-severity": Key(_severity, {"enum": list(_SEVERITIES)}),
    "min-confidence": Key(_confidence, {"enum": list(_CONFIDENCES)}),
    "backoff": _choice(*BACKOFFS),
    "backoff-helper": Key(_helper, {"type": "string", "pattern": "^([^:]+:[^:.]+)?$"}),
    "clients": _DOTTED,
    "requests": _DOTTED,
    "retries": _DOTTED,
    "throttles": _DOTTED,
    "baseline": _STRING,
    "cache-dir": _STRING,
    "output-format": _choice(*FORMATS),
    "max-file-size": Key(_size, {"type": "integer", "minimum": 1}),
}


def parse(table: Mapping[str, object], source: str) -> Config:
    """The Config that ``table`` (the content of ``[tool.oailint]``) stands for.

    Raises ConfigError, naming ``source`` and the key, for an unknown key or a value of the wrong type.
    """
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in KEYS:
            near = nearest(key, list(KEYS)) or f"; the keys are {', '.join(KEYS)}"
            raise ConfigError(f"{shown(source)}: unknown key {key!r}{near}")
        try:
            values[key.replace("-", "_")] = KEYS[key].convert(value)
        except _WrongType as error:
            raise ConfigError(f"{shown(source)}: key {key!r} {error}") from None
    return Config(**values, root=os.path.dirname(os.path.abspath(source)), source=os.path.abspath(source))


def load(path: str) -> Config | None:
    """The Config in the file ``path``, or None where it holds none (a pyproject.toml without ``[tool.oailint]``).

    Raises ConfigError where the file cannot be read or is no TOML, or its content is wrong.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise ConfigError(f"{shown(path)}: cannot be read: {error.strerror or error}") from None
    is_shared = os.path.basename(path) == "pyproject.toml"
    if is_shared and b"oailint" not in data:  # not ours: whether it is good TOML does not concern us
        return None
    table: object = _decode(data, path)
    for name in ("tool", "oailint") if is_shared else ():
        table = table.get(name) if isinstance(table, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise ConfigError(f"{shown(path)}: 'tool.oailint' must be a table, not {_kind(table)}")
    return parse(table, path)


def _decode(data: bytes, path: str) -> dict[str, Any]:
    try:
        table: dict[str, Any] = tomli.loads(data.decode("utf-8-sig"))
        return table
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{shown(path)}:{line}: is not UTF-8") from None
    except (tomli.TOMLDecodeError, RecursionError) as error:
        message = str(error)
        place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)", message)
        end = data.count(b"\n") + 1
        where = f"{place[1] or end}:{place[2] or 1}" if place else "1:1"
        what = message[: place.start()] if place else "nested too deeply"
        raise ConfigError(f"{shown(path)}:{where}: invalid TOML: {what}") from None


def find(folder: str) -> Config | None:
    """The Config nearest to ``folder`` (an absolute path), in it or above it; None where there is none.

    Raises ConfigError as ``load`` does.
    """
    while True:
        found = in_folder(folder)
        if found is not None:
            return found
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def in_folder(folder: str) -> Config | None:
    """The Config that stands in ``folder`` itself, if any. Raises ConfigError as ``load`` does."""
    for name in FILE_NAMES:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            found = load(path)
            if found is not None:
                return found
    return None


def shown(path: str) -> str:
    """``path`` as messages show it: relative to the working directory where it lies below."""
    try:
        near = os.path.relpath(path)
    except (ValueError, OSError):  # another drive, or a working directory that is gone
        return path
    return path if near.startswith("..") else near.replace(os.sep, "/")
