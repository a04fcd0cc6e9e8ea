from openai import OpenAI, RateLimitError
from tenacity import retry, stop_after_attempt, wait_exponential

client = OpenAI(max_retries=0)


def limited(state):
    return state.outcome.failed and isinstance(state.outcome.exception(), RateLimitError)


@retry(retry=limited, stop=stop_after_attempt(6), wait=wait_exponential(max=60))
def call(prompt):
    return client.responses.create(model="gpt-4.1", input=prompt).output_text
