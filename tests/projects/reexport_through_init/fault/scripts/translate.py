import sys

import acme

session = acme.Session(timeout=30)
for line in sys.stdin:
    print(acme.ask(session, f"In French: {line}"))
