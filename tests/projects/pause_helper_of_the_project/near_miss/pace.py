import time

_last = 0.0


def keep_pace(seconds=1.5):
    global _last
    rest = _last + seconds - time.monotonic()
    if rest > 0:
        time.sleep(rest)
    _last = time.monotonic()
