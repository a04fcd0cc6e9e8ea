import sys

import acme

session = acme.Session(timeout=30, max_retries=6)
for line in sys.stdin:
    print(acme.ask(session, f"In French: {line}"))
