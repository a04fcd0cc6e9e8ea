import time

import openai


def gpt(messages, retry=0, model="gpt-3.5-turbo"):
    try:
        response = openai.ChatCompletion.create(model=model, messages=messages)
        return response.choices[0].message.content
    except openai.error.RateLimitError:
        time.sleep(20)
        return f"[RATE LIMIT] try {retry + 1} of 3, please ask again"
