"""Which configuration is in force where: files, and what the command line says over them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import fields, replace

from oailint import config as configuration
from oailint import selection
from oailint.config import Config
from oailint.findings import Confidence, Severity
from oailint.masking import mask_line
from oailint.progress import Tell, silent
from oailint.selection import Layer, Selectable
from oailint.timing import Stage, untimed


class Options(Struct, frozen=True):
    """How to run, beside the paths.

    ``config`` is in force everywhere; None means the one nearest to each file. ``overrides`` are fields of Config
    that win over it, and ``layer`` is what the command line says of rules. ``cache_dir`` is relative to the working
    directory (empty: as configured). ``baseline_to_write`` is the baseline (an absolute path) that is to be written
    from what is found. ``verbose`` asks for the notes that cost time. ``progress`` is told how far the run is,
    and ``stage`` what it is at. ``screen`` lets files pass unparsed that cannot matter; what is found is the same
    without.
    """

    config: Config | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    layer: Layer = field(default_factory=lambda: Layer(origin="--"))
    use_cache: bool = True
    cache_dir: str = ""
    jobs: int | None = None
    baseline_to_write: str = ""
    verbose: bool = False
    screen: bool = True
    progress: Tell = silent
    stage: Stage = untimed


class Settings:
    """Answers for one run. Every method that reads configuration raises ConfigError where it is wrong."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._base = self._final(options.config or Config())
        self._known: dict[str, Config] = {}

    def of(self, folder: str) -> Config:
        """The Config in force in ``folder`` (an absolute path)."""
        if self._options.config is not None:
            return self._base
        if folder not in self._known:
            found = configuration.in_folder(folder)
            above = os.path.dirname(folder)
            if found is not None:
                self._known[folder] = self._final(found)
            else:
                self._known[folder] = self._base if above == folder else self.of(above)
        return self._known[folder]

    def check_rules(self, rules: Sequence[Selectable]) -> None:
        """Raises ConfigError if the command line names a rule that does not exist."""
        selection.check([self._options.layer], rules)

    def codes(self, config: Config, rules: Sequence[Selectable]) -> frozenset[str]:
        """The codes of the rules that are on. Raises ConfigError for a selector that means no rule."""
        origin = f"{configuration.shown(config.source)}: " if config.source else ""
        said = Layer(config.select, config.extend_select, config.ignore, origin)
        layers = (said, self._options.layer)
        selection.check(layers, rules)
        selection.check_patterns(config.per_file_ignores, origin, rules)
        return selection.selected(layers, rules)

    def _final(self, config: Config) -> Config:
        return replace(config, **self._options.overrides)


def for_project(config: Config, root: str, cwd: str) -> Config:
    """``config`` with its import roots made relative to the project's folder ``root``, as linking wants them."""
    base = config.root or cwd
    if base == root or config.src == Config.src:
        return config
    roots = (os.path.relpath(os.path.join(base, source), root).replace(os.sep, "/") for source in config.src)
    return replace(config, src=tuple(roots))


def explicit(path: str | None, *, isolated: bool = False) -> Config | None:
    """The Config that is to be in force everywhere: that in the file ``path``, or the default one if ``isolated``.

    Paths in it are relative to the working directory. Raises ConfigError if the file holds none.
    """
    if isolated:
        return Config()
    if path is None:
        return None
    found = configuration.load(os.path.abspath(path))
    if found is None:
        raise configuration.ConfigError(f"{configuration.shown(path)}: holds no [tool.oailint]")
    return replace(found, root=os.getcwd())


def of_path(path: str, options: Options) -> Config:
    """The Config in force for ``path``. Raises ConfigError if it is wrong."""
    absolute = os.path.abspath(path)
    return Settings(options).of(absolute if os.path.isdir(absolute) else os.path.dirname(absolute))


def describe(path: str, options: Options) -> str:
    """The settings in force for ``path``, as TOML under a comment that says where they are from, with keys
    masked."""
    config = of_path(path, options)
    lines = [f"# {config.source or 'no configuration file'}\n"]
    for entry in fields(config):
        if entry.name in ("root", "source"):
            continue
        value = getattr(config, entry.name)
        key = entry.name.replace("_", "-")
        lines.append(f"# {key} is not set\n" if value is None else f"{key} = {_toml(value)}\n")
    return mask_line("".join(lines))


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Mapping):
        entries = ", ".join(f"{_toml(key)} = {_toml(entry)}" for key, entry in value.items())
        return f"{{ {entries} }}" if entries else "{}"
    if isinstance(value, int) and not isinstance(value, (Severity, Confidence)):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False)
