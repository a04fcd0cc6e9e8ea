import time

import openai as oa
from openai import OpenAI as Client
from openai.error import RateLimitError as TooFast

client = Client(max_retries=6)


def old(prompt):
    try:
        return oa.ChatCompletion.create(model="gpt-4", messages=[{"role": "user", "content": prompt}])
    except TooFast:
        time.sleep(60)
        return old(prompt)


def new(prompt):
    return client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": prompt}])
