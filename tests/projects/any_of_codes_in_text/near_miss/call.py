import time

import openai


def call(messages):
    for attempt in range(6):
        try:
            return openai.ChatCompletion.create(model="gpt-4", messages=messages)
        except openai.error.OpenAIError as e:
            if any(code == e.http_status for code in (429, 500, 502, 503)):
                time.sleep(2**attempt)
                continue
            raise
    raise TimeoutError("too many tries")
