import json
import sys

from providers import PROVIDERS


def replay(path, provider):
    with open(path) as lines:
        for line in lines:
            print(PROVIDERS[provider].chat(json.loads(line)["messages"]))


replay(*sys.argv[1:])
