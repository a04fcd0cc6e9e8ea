import functools
import logging

logger = logging.getLogger("llm")


def guarded(retries=3):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            try:
                return function(*args, **kwargs)
            except Exception as error:
                logger.error("%s failed (%d tries left): %s", function.__name__, retries, error)
                raise

        return wrapper

    return decorate
