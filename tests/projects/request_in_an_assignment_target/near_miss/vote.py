import time

import openai


def complete(statement):
    for _ in range(5):
        try:
            return openai.Completion.create(model="davinci", prompt=statement)
        except openai.error.RateLimitError:
            time.sleep(20)
    raise TimeoutError(statement)


def remember(statement, seen):
    seen[complete(statement)["id"]] = statement
