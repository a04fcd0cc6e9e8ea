import functools
import time


class Again:
    """Calls a function until it gets through."""

    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function
        self.tries = 5

    def __call__(self, *args, **kwargs):
        for attempt in range(self.tries):
            try:
                return self.function(*args, **kwargs)
            except Exception:
                if attempt + 1 == self.tries:
                    raise
                time.sleep(2**attempt)
