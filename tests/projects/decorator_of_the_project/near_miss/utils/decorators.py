import functools
import logging
import time

logger = logging.getLogger("llm")


def guarded(retries=3):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            left = retries
            while True:
                try:
                    return function(*args, **kwargs)
                except Exception as error:
                    logger.error("%s failed (%d tries left): %s", function.__name__, left, error)
                    if left == 0:
                        raise
                    left -= 1
                    time.sleep(10)

        return wrapper

    return decorate
