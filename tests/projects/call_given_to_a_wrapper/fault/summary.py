import openai
from wrappers import logged


def summarise(text):
    messages = [{"role": "user", "content": f"Summarise: {text}"}]
    return logged(openai.ChatCompletion.create)(model="gpt-3.5-turbo", messages=messages)
