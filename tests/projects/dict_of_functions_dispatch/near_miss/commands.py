import time

import openai


def summarise(text):
    while True:
        try:
            answer = openai.Completion.create(model="text-davinci-003", prompt=f"{text}\n\nTl;dr", max_tokens=80)
            return answer.choices[0].text.strip()
        except openai.error.RateLimitError:
            time.sleep(30)


def shorten(text, width=200):
    return text[:width]


COMMANDS = {"summary": summarise, "head": shorten}
