import time

import openai


def label(texts):
    answers = []
    for text in texts:
        try:
            answers.append(openai.ChatCompletion.create(model="gpt-4", messages=[{"role": "user", "content": text}]))
        except openai.error.RateLimitError:
            time.sleep(20)
            continue
    return answers
