import time

_last = 0.0


def report_pace():
    global _last
    now = time.monotonic()
    print(f"{now - _last:.1f} s since the last one")
    _last = now
