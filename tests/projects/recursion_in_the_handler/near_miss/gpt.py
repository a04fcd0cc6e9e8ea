import time

import openai


def gpt(messages, retry=0, model="gpt-3.5-turbo"):
    try:
        response = openai.ChatCompletion.create(model=model, messages=messages)
        return response.choices[0].message.content
    except openai.error.RateLimitError:
        if retry >= 3:
            raise
        time.sleep(20)
        return gpt(messages, retry + 1, model)
