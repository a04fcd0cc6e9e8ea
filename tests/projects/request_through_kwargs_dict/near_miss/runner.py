import openai
from tenacity import retry, stop_after_attempt, wait_random_exponential


def build(prompt, functions=None):
    arguments = {"model": "gpt-4-0613", "messages": [{"role": "user", "content": prompt}], "temperature": 0}
    if functions:
        arguments["functions"] = functions
    return arguments


@retry(wait=wait_random_exponential(max=60), stop=stop_after_attempt(6))
def run(endpoint, prompt, **extra):
    method = openai.ChatCompletion.create if endpoint == "chat" else openai.Completion.create
    return method(**build(prompt), **extra)
