import time

from openai import OpenAI

client = OpenAI()


def available():
    return [model.id for model in client.models.list() if model.id.startswith("gpt")]


def bench(prompt):
    for model in available():
        started = time.perf_counter()
        client.responses.create(model=model, input=prompt)
        print(f"{model}: {time.perf_counter() - started:.2f} s")
