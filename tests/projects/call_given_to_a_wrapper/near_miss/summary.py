import openai
from wrappers import retry_on_limit


def summarise(text):
    messages = [{"role": "user", "content": f"Summarise: {text}"}]
    return retry_on_limit(openai.ChatCompletion.create)(model="gpt-3.5-turbo", messages=messages)
