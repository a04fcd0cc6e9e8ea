import openai


def route(messages):
    try:
        return openai.ChatCompletion.create(model="gpt-4", messages=messages)
    except openai.error.RateLimitError:
        return openai.ChatCompletion.create(model="gpt-3.5-turbo", messages=messages)
