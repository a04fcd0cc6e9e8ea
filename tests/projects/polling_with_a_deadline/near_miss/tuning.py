import time

from openai import OpenAI

client = OpenAI()


def follow(job, timeout=3600):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        state = client.fine_tuning.jobs.retrieve(job)
        if state.finished_at:
            return state.fine_tuned_model
        time.sleep(20)
    raise TimeoutError(job)
