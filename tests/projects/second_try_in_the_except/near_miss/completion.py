import openai
from openai import OpenAI

client = OpenAI(max_retries=0, timeout=10)


def complete(prompt):
    try:
        response = client.responses.create(model="gpt-4.1-mini", input=prompt)
    except openai.APITimeoutError:
        response = client.with_options(timeout=300, max_retries=5).responses.create(model="gpt-4.1-mini", input=prompt)
    return response.output_text
