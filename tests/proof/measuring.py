"""Cases, and what happens when the program of a case meets all scenarios."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from environments import VERSIONS, locked, python
from fixing import fixed

from oailint.backoff import FORMS

HERE = Path(__file__).parent
UNFIXED = "as it was"
NEWEST = "3.54.0"
OLD_API = "0.28.1"


class Case(NamedTuple):
    """A program in a form, with a version of the SDK."""

    version: str
    kind: str
    form: str

    @property
    def program(self) -> Path:
        return HERE / "programs" / f"{'v0_' if self.version == OLD_API else ''}{self.kind}.py"

    @property
    def before(self) -> Case:
        return self._replace(form=UNFIXED)


def kinds(version: str) -> tuple[str, ...]:
    """What programs there are for ``version``."""
    return ("sync", "async") if version == OLD_API else ("sync", "async", "module")


def forms(version: str) -> tuple[str, ...]:
    """The forms of a fix for ``version``: SDK 0.x has no retries that could be set."""
    return FORMS if version == OLD_API else (*FORMS, "sdk")


ALL = tuple(
    Case(version, kind, form) for version in VERSIONS for kind in kinds(version) for form in (UNFIXED, *forms(version))
)
# What every change is checked with: the newest version in full, of the others one case for each way to be wrong.
CHECKED = tuple(
    case
    for case in ALL
    if case.version == NEWEST
    or (case.kind != "module" and case.form == UNFIXED)
    or (case.kind, case.form) in {("sync", "stdlib"), ("sync", "sdk"), ("async", "tenacity"), ("async", "stamina")}
)


@dataclass(frozen=True)
class Run:
    """What one run of a program did."""

    output: str
    error: str | None
    seconds: float
    asked: list[tuple[float, str, Any]]

    @property
    def times(self) -> list[float]:
        """When each request arrived, in seconds after the first."""
        return [moment - self.asked[0][0] for moment, _, _ in self.asked]

    @property
    def requests(self) -> list[tuple[str, Any]]:
        """What was asked."""
        return [(line, body) for _, line, body in self.asked]


@cache
def measure(case: Case, folder: Path) -> dict[str, list[Run]]:
    """For each scenario the runs with the lowest and the highest jitter; environments and results are in ``folder``."""
    stored = folder / "results" / f"{'-'.join(case)}.json"
    with locked(stored.with_suffix(".lock")):
        if not stored.exists():
            text = case.program.read_text(encoding="utf-8")
            stored.write_text(
                json.dumps(execute(text if case.form == UNFIXED else fixed(text, case.form), case, folder))
            )
    return runs(json.loads(stored.read_text()))


def runs(told: Any) -> dict[str, list[Run]]:
    """What ``execute`` returns, as values."""
    return {name: [Run(**one) for one in both] for name, both in told.items()}


def execute(text: str, case: Case, folder: Path, *names: str) -> Any:
    """Run the program ``text`` through all scenarios, or those ``names`` of the longer ones, in the environment of
    ``case``, as a process."""
    program = folder / "results" / f"{'-'.join(case)}.py"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(text, encoding="utf-8")
    command = [str(python(case.version, folder)), "-Es", str(HERE / "run_scenarios.py"), str(program), *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{case} failed:\n{done.stderr}")
    return json.loads(done.stdout)
