"""``docs/performance.md``: its text, and which tables it must have."""

from __future__ import annotations

from benchmarks import document, scenarios, tools
from benchmarks.document import GENERATED_HEADER, GOALS, GOALS_HEADER, REAL_HEADER, RING, SIZES, Report, size_name

TEXT = """# Performance

How long oailint takes and how much memory it needs, beside `grep`, ruff with one rule on the syntax tree, and other
linters of calls to models that are written in Python. `python -m benchmarks --write` wrote this page. Compare ratios:
seconds are those of one machine on one day, and what else it does shows in them.

- Command: `{command}`
- Machine: {cores} cores; load average {before:.1f} at the beginning and {after:.1f} at the end. More than 0.5 or so at
  the beginning means that other work took part of the machine, and that ratios are rough.
- Versions: {versions}

oailint and the Python peers are installed as users have them, compiled to bytecode. Figures are medians. The commands
run in turns (A B C A B C), each once before that for its memory. *CPU* is user and system time of all processes of a
command. *Spread* is the slowest run minus the fastest, in the median. Memory is looked at every few milliseconds; pages
that processes share count in each.

## Goals

On the real code, but for the last.

{goals}
## Real code

{tree}: {files:,} files, {lines:,} lines, {megabytes:,.0f} MB of Python; {saying:,} of the files say openai.

*Cold* has an empty cache, *warm* has one that knows all files. *One file changed* is a run over all of the tree after a
line was added to a file that says openai, another one each time: it depends on how much belongs together with the file.
*One file given* is a run as a hook starts it, on one such file, with a warm cache.

{real}
## Generated code

Packages of modules of 100 lines that call one another, one request in each, and one module of functions that call each
other in a ring. A cell with two figures has those by the clock and of CPU. The Python peers are measured on real code
only.

{generated}"""


def render(report: Report) -> str:
    """The page of a report."""
    return TEXT.format(
        command=report.command,
        cores=report.cores,
        before=report.loads[0],
        after=report.loads[1],
        versions=", ".join(report.versions),
        goals=document.goals_table(report).render(),
        tree=report.tree,
        files=report.size.files,
        lines=report.size.lines,
        megabytes=report.size.megabytes,
        saying=report.size.saying_openai,
        real=document.real_table(report.results, report.size.lines).render(),
        generated=document.generated_table(report.generated).render(),
    )


Shape = list[tuple[tuple[str, ...], list[str]]]


def shape(text: str) -> Shape:
    """The tables of a page: the header of each, and what stands first in its rows."""
    tables: Shape = []
    before = ""
    for line in text.splitlines():
        if line.startswith("| "):
            cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
            if not before.startswith("| "):
                tables.append((cells, []))
            elif cells[0] != "---":
                tables[-1][1].append(cells[0])
        before = line
    return tables


def expected() -> Shape:
    """The tables that a page has to have."""
    commands = [name if "," in name else f"`{name}`" for name in scenarios.ON_REAL]
    return [
        (GOALS_HEADER, [goal.name for goal in GOALS]),
        (REAL_HEADER, commands),
        (GENERATED_HEADER, [*map(size_name, SIZES), RING]),
    ]


def tool_versions() -> list[str]:
    """What the comparison is with."""
    return [f"{tool.package} {tool.version}" for tool in (tools.RUFF, *tools.PEERS)]
