import time

from openai import OpenAI

client = OpenAI()
MODELS = ("gpt-4.1", "gpt-4.1-mini", "o4-mini")


def bench(prompt):
    for model in MODELS:
        started = time.perf_counter()
        client.responses.create(model=model, input=prompt)
        print(f"{model}: {time.perf_counter() - started:.2f} s")
