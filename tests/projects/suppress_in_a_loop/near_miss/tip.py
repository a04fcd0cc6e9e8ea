import contextlib
import time

import openai


def tip():
    for _ in range(5):
        with contextlib.suppress(openai.error.OpenAIError):
            return openai.ChatCompletion.create(model="gpt-4", messages=[{"role": "user", "content": "A tip."}])
        time.sleep(1)
    return None
