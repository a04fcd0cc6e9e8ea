import time

import openai


def poem(topic):
    text = ""
    for _ in range(3):
        try:
            reply = openai.Completion.create(model="text-davinci-003", prompt=f"A poem on {topic}", max_tokens=300)
            text = reply["choices"][0]["text"]
        except openai.error.RateLimitError:
            time.sleep(10)
    return text
