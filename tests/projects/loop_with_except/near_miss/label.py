import time

import openai


def label(text):
    for attempt in range(6):
        try:
            return openai.ChatCompletion.create(model="gpt-4", messages=[{"role": "user", "content": text}])
        except openai.error.RateLimitError:
            if attempt == 5:
                raise
            time.sleep(2**attempt)
            continue
