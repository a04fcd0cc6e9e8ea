"""``docs/proof.md``: results as tables, written and read back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path

from measuring import UNFIXED, Case, Run, forms, kinds
from scenarios import SCENARIOS

DOCUMENT = Path(__file__).parents[2] / "docs" / "proof.md"
Cells = Mapping[str, str]
_HEAD = """\
# Proof by execution

What programs do, before and after the fix, when OpenAI answers with errors. Each program runs as a process, with the
real `openai` package, against a server on the same machine. Sleeping and timeouts are virtual: the seconds are those
that the program would have waited.

A cell holds the number of requests for one call, the result, and the seconds. Everything is run twice: once
all random numbers are the lowest that can be, once the highest. Where that makes a difference, both are told. Waits lie
between the two, so what is only "ok" here is so in every run.

- *sync*: a client that stays in its file; *async*: an asynchronous client that is handed to a function; *module*:
  `openai.chat.completions.create`.
- *Retry-After n*: 429 until n seconds have passed, each answer saying how many are left. *window*: 429 until 60 seconds
  have passed, with no hint, or with one that is far too short.
- *quota* is a 429 that waiting does not end, as OpenAI wrote it in 2023 and as it does in 2026.
- The columns are the values of `--backoff`; `sdk` sets `max_retries=6`.

Written by `python tests/proof/matrix.py`; `tests/proof/` compares it with what runs.
"""


def cells(results: Mapping[str, list[Run]]) -> Cells:
    """The text of each scenario's cell."""
    return {name: _cell(results[name]) for name in SCENARIOS}


def _cell(runs: list[Run]) -> str:
    requests = _both([str(len(run.asked)) for run in runs])
    outcome = _both([run.error.rpartition(".")[2] if run.error else "ok" for run in runs])
    return f"{requests}, {outcome}, {_both([_seconds(run.seconds) for run in runs])} s"


def _both(values: list[str]) -> str:
    return " / ".join(dict.fromkeys(values))


def _seconds(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") if value < 10 else f"{value:.0f}"


def render(table: Mapping[Case, Cells]) -> str:
    """The document. Tables that say the same are one table."""
    same: dict[str, list[tuple[str, str]]] = {}
    for version, kind in dict.fromkeys((case.version, case.kind) for case in table):
        same.setdefault(_table(version, kind, table), []).append((version, kind))
    sections = [f"## {_heading(places)}\n\n{text}" for text, places in same.items()]
    return "\n".join([_HEAD, *sections])


def _heading(places: list[tuple[str, str]]) -> str:
    by_version = itertools.groupby(places, lambda place: place[0])
    return "; ".join(f"{version}: {', '.join(kind for _, kind in group)}" for version, group in by_version)


def _table(version: str, kind: str, table: Mapping[Case, Cells]) -> str:
    columns = (UNFIXED, *forms(version))
    lines = [["", *columns], ["---"] * (len(columns) + 1)]
    lines += [[name, *(table[Case(version, kind, form)][name] for form in columns)] for name in SCENARIOS]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def read(text: str) -> dict[Case, Cells]:
    """What ``render`` was given, from its document."""
    found: dict[Case, dict[str, str]] = {}
    for section in text.split("\n## ")[1:]:
        heading, _, body = section.partition("\n\n")
        (_, *columns), _, *rows = (
            [cell.strip() for cell in line.split("|")[1:-1]] for line in body.splitlines() if line
        )
        for version, kind in _places(heading):
            for form, (name, *row) in itertools.product(columns, rows):
                found.setdefault(Case(version, kind, form), {})[name] = row[columns.index(form)]
    return dict(found)


def _places(heading: str) -> Iterator[tuple[str, str]]:
    for part in heading.split("; "):
        version, _, names = part.partition(": ")
        yield from ((version, kind) for kind in names.split(", ") if kind in kinds(version))
