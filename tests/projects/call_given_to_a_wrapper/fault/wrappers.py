import logging
import time

log = logging.getLogger(__name__)


def logged(call):
    def inner(**kwargs):
        started = time.perf_counter()
        try:
            return call(**kwargs)
        except Exception:
            log.exception("request to %s failed", kwargs.get("model"))
            raise
        finally:
            log.info("took %.1f s", time.perf_counter() - started)

    return inner
