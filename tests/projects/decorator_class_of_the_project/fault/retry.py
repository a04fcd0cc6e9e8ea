import functools


class Once:
    """Keeps the last result of a function."""

    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function
        self.result = None

    def __call__(self, *args, **kwargs):
        if self.result is None:
            self.result = self.function(*args, **kwargs)
        return self.result
