import sys

from minutes import summarise
from openai import OpenAI


def main():
    client = OpenAI(max_retries=0, timeout=30)
    print(summarise(client, sys.stdin.read()))


if __name__ == "__main__":
    main()
