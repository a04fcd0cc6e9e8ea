"""Plans that several rules share: requests put under backoff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from oailint.findings import FixPlan, Safety

if TYPE_CHECKING:
    from oailint.project.model import Request


NOT_ALL = ", some of which cannot be wrapped and would be left with no retries"


def back_off(requests: Sequence[Request]) -> tuple[FixPlan | None, str]:
    """The plan that puts all of ``requests`` under backoff, or why there is none."""
    changes = []
    safety = Safety.SAFE
    for request in requests:
        if request.remedy is None:
            return None, f"`{request.written}` cannot be put under backoff: {request.unfixable}"
        changes.append(request.remedy.plan)
        safety = min(safety, request.remedy.safety)
    if not changes:
        return None, ""
    return FixPlan(_title(requests), tuple(dict.fromkeys(changes)), safety), ""


def _title(requests: Sequence[Request]) -> str:
    written = list(dict.fromkeys(request.written for request in requests))
    shown = f"`{written[0]}`" + (f" and {len(written) - 1} more" if len(written) > 1 else "")
    remedies = [request.remedy for request in requests if request.remedy is not None]
    title = f"put {shown} under backoff"
    if any(remedy.opening for remedy in remedies):
        title += " (of a stream: its opening)"
    module = [remedy.safety for remedy in remedies if remedy.plan.quiet == "module"]
    if module:
        title += ", with `openai.max_retries = 0` for all requests through the module"
        title += NOT_ALL if min(module) is Safety.DISPLAY else ""
    return title
