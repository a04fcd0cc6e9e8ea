import openai
from utils.decorators import guarded


@guarded(retries=5)
def think(messages):
    return openai.ChatCompletion.create(model="gpt-4", messages=messages)
