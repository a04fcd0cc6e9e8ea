import time

import openai


def call(messages):
    for attempt in range(6):
        try:
            return openai.ChatCompletion.create(model="gpt-4", messages=messages)
        except Exception as e:
            if any(code in str(e) for code in ("429", "500", "502", "503")):
                time.sleep(2**attempt)
                continue
            raise
    raise TimeoutError("too many tries")
