import time

from openai import APIStatusError, OpenAI

client = OpenAI(max_retries=0)


def ask(prompt):
    for attempt in range(5):
        try:
            return client.responses.create(model="gpt-4.1", input=prompt).output_text
        except APIStatusError:
            time.sleep(2**attempt)
    raise TimeoutError(prompt)
