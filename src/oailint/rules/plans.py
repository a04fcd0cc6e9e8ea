"""Plans that several rules share: requests put under backoff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from oailint.findings import FixPlan, Safety
from oailint.project.model import Request


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


def _title(requests: Iterable[Request]) -> str:
    written = list(dict.fromkeys(request.written for request in requests))
    shown = f"`{written[0]}`" + (f" and {len(written) - 1} more" if len(written) > 1 else "")
    streams = any(request.remedy is not None and request.remedy.opening for request in requests)
    return f"put {shown} under backoff" + (" (of a stream: its opening)" if streams else "")
