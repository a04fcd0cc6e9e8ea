import openai
from tenacity import retry, stop_after_attempt, wait_random_exponential


@retry(stop=stop_after_attempt(6), wait=wait_random_exponential(max=60))
def route(messages):
    try:
        return openai.ChatCompletion.create(model="gpt-4", messages=messages)
    except openai.error.RateLimitError:
        return openai.ChatCompletion.create(model="gpt-3.5-turbo", messages=messages)
