import contextlib
import time

import openai


def tip():
    with contextlib.suppress(openai.error.OpenAIError):
        return openai.ChatCompletion.create(model="gpt-4", messages=[{"role": "user", "content": "A tip."}])
    time.sleep(1)
    return None
