import logging
import time

import openai

log = logging.getLogger(__name__)


def retry_on_limit(call, retries=5, wait=15):
    def inner(**kwargs):
        for _ in range(retries):
            try:
                return call(**kwargs)
            except openai.error.RateLimitError:
                log.warning("limit reached, waiting %s s", wait)
                time.sleep(wait)
        raise RuntimeError("still limited")

    return inner
