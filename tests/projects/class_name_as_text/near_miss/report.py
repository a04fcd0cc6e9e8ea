import openai
from openai import OpenAI

client = OpenAI(max_retries=6)


def ask(prompt):
    try:
        return client.responses.create(model="gpt-4.1", input=prompt).output_text
    except Exception as error:
        kind = error.__class__
        if kind in (openai.RateLimitError, openai.APITimeoutError):
            return "later"
        return f"{kind.__name__}: {error}"
