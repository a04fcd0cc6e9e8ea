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
    if not isinstance(error, openai.APIStatusError):
        return 0.0
    headers = error.response.headers
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
    if isinstance(error, openai.APIConnectionError):
        return True
    if not isinstance(error, openai.APIStatusError):
        return False
    if error.code in _NO_CREDIT or error.type in _NO_CREDIT:
        return False
    if error.status_code not in (408, 409, 429) and error.status_code < 500:
        return False
    return _retry_after(error) <= _LONGEST_WAIT
