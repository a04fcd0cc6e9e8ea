"""How the throttling rules name a loop's requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oailint.findings import Related
from oailint.rules import wording

if TYPE_CHECKING:
    from oailint.project.model import WorkLoop


def names(loop: WorkLoop) -> str:
    """The requests of a loop as a message names them."""
    shown = list(dict.fromkeys(wording.what(reached.request) for reached in loop.requests))
    return shown[0] if len(shown) == 1 else f"{shown[0]} and {len(shown) - 1} more"


def related(loop: WorkLoop) -> tuple[Related, ...]:
    """For each request: the calls that lead to it, in order, then the request itself."""
    out: list[Related] = []
    for reached in loop.requests:
        out.extend(step for step in reached.chain if step.location != reached.request.location)
        out.append(Related(reached.request.location, f"sends {wording.what(reached.request)}"))
    return tuple(dict.fromkeys(out))
