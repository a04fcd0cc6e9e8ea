import os
import random

from openai import OpenAI

KEYS = os.environ["OPENAI_API_KEYS"].split(",")
CLIENTS = [OpenAI(api_key=key, max_retries=0) for key in KEYS]


def ask(messages):
    client = random.choice(CLIENTS)
    return client.chat.completions.create(model="gpt-4o", messages=messages).choices[0].message.content
