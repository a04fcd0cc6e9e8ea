from functools import partial

from openai import OpenAI

client = OpenAI(max_retries=4)

small = partial(client.chat.completions.create, model="gpt-4o-mini", temperature=0)
