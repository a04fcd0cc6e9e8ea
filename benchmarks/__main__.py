"""``python -m benchmarks``: how long oailint takes, beside other tools; see ``--help``."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks import page, scenarios, trees
from benchmarks.document import RING, SIZES, Generated, Report, size_name
from benchmarks.figures import compete
from benchmarks.generate import write, write_component
from benchmarks.tools import NotInstalled, install_own, version_of, without_places

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
LARGE = 100_000
"""Generated projects of more lines run as seldom as the peers."""


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure oailint beside grep, ruff and Python peers, on real and on generated code. The report "
        "goes to standard output as Markdown, what is being measured to standard error.",
    )
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument("--tree", type=Path, help="a folder of repositories (default: pinned packages, downloaded)")
    parser.add_argument("--runs", type=int, default=5, help="how often each command is measured (default: 5)")
    parser.add_argument("--slow-runs", type=int, default=3, help="the same for peers and large projects (default: 3)")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="lines of the generated projects")
    parser.add_argument("--cache", type=Path, default=home / "oailint-benchmarks", help="where downloads are kept")
    parser.add_argument("--write", action="store_true", help="put the report into docs/performance.md")
    arguments = parser.parse_args(words)
    if arguments.runs < 1 or arguments.slow_runs < 1:
        parser.error("runs are counted from 1")
    if arguments.write and tuple(arguments.sizes) != SIZES:
        parser.error("--write needs the default --sizes")
    return arguments


def main(words: Sequence[str] | None = None) -> None:
    """Measure as ``words`` say, those of the process unless given."""
    arguments = _arguments(words)
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="oailint-benchmark-") as temporary:
        work = Path(temporary)
        programs = scenarios.install_tools(arguments.cache)
        try:
            own = install_own(ROOT, work / "own")
        except NotInstalled as error:
            raise SystemExit(f"oailint {error}") from None
        tree = work / "real" / "tree"
        if arguments.tree:
            trees.copy(arguments.tree, tree)
            name = "A folder of repositories"
        else:
            name = f"{trees.unpack(arguments.cache / 'packages', tree)} published packages"
        size = trees.size(tree)
        runs = {name: arguments.slow_runs if name in scenarios.PEERS else arguments.runs for name in scenarios.ON_REAL}
        runs[scenarios.CHANGED] *= scenarios.CHANGES
        _tell(f"{name}: {size.lines:,} lines")
        subject = scenarios.Subject(tree, work / "real", runs[scenarios.CHANGED] + 1, own)
        results = compete(subject.contestants(programs, scenarios.ON_REAL, runs), tree, _tell)
        generated = [
            _generated(size_name(lines), partial(write, lines=lines), work, arguments, programs, own)
            for lines in arguments.sizes
        ]
        generated.append(_generated(RING, partial(write_component, functions=10_000), work, arguments, programs, own))
        report = Report(
            _command(arguments), name, size, results, generated, _versions(own),
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
            (before, os.getloadavg()[0]),
        )  # fmt: skip
        for one in (results, *(project.results for project in generated)):
            for result in one.values():
                result.failed = without_places(result.failed, work, arguments.cache, Path.home(), Path.cwd())
    text = page.render(report)
    print(text, end="")
    if arguments.write:
        PAGE.write_text(text, encoding="utf-8")


def _generated(
    name: str,
    make: Callable[[Path], int],
    work: Path,
    arguments: argparse.Namespace,
    programs: dict[str, Path | str],
    own: Path,
) -> Generated:
    with tempfile.TemporaryDirectory(dir=work) as temporary:
        tree = Path(temporary, "tree")
        tree.mkdir()
        lines = make(tree)
        _tell(f"{name}: {lines:,} lines")
        runs = arguments.slow_runs if lines > LARGE * 2 else arguments.runs
        subject = scenarios.Subject(tree, Path(temporary), runs + 1, own)
        wanted = dict.fromkeys(scenarios.ON_GENERATED, runs)
        return Generated(
            name, lines, compete(subject.contestants(programs, scenarios.ON_GENERATED, wanted), tree, _tell)
        )


def _command(arguments: argparse.Namespace) -> str:
    words = ["python", "-m", "benchmarks"]
    if arguments.tree:
        words += ["--tree", "FOLDER"]
    words += ["--runs", str(arguments.runs), "--slow-runs", str(arguments.slow_runs)]
    return " ".join([*words, *(["--write"] if arguments.write else [])])


def _versions(own: Path) -> list[str]:
    installed = [f"{package} {version_of(package, own)}" for package in ("oailint", "libcst")]
    return [*installed, f"{platform.python_implementation()} {platform.python_version()}", *page.tool_versions()]


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
