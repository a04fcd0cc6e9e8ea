import json

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed

again = retry(
    retry=retry_if_exception_type((json.JSONDecodeError, KeyError)), stop=stop_after_attempt(3), wait=wait_fixed(1)
)
