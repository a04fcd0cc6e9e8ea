# mypy: disable-error-code=attr-defined
import time
from email.utils import parsedate_to_datetime

import openai

# These come with status 429 too, but waiting does not end them: somebody has to
# pay, or to raise a limit.
_NO_CREDIT = (
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "billing_not_active",
)
_LONGEST_WAIT = 120.0


def _retry_after(error: object) -> float:
    # The seconds that the server asks to wait; 0 if it does not say.
    headers = getattr(error, "headers", None) or {}
    try:
        if "retry-after-ms" in headers:
            return float(headers["retry-after-ms"]) / 1000
        return float(headers.get("retry-after", "0"))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(headers["retry-after"])
        return until.timestamp() - time.time()
    except (KeyError, TypeError, ValueError, OverflowError):
        return 0.0


def _is_transient(error: BaseException) -> bool:
    if isinstance(error, (openai.error.APIConnectionError, openai.error.Timeout)):
        return True
    if not isinstance(error, openai.error.OpenAIError):
        return False
    body = error.json_body
    reason = body.get("error") if isinstance(body, dict) else None
    details = reason if isinstance(reason, dict) else {}
    if details.get("code") in _NO_CREDIT or details.get("type") in _NO_CREDIT:
        return False
    status = error.http_status or 0
    if status not in (408, 409, 429) and status < 500:
        return False
    return _retry_after(error) <= _LONGEST_WAIT
