from functools import partial

from openai import OpenAI

client = OpenAI(max_retries=0)

small = partial(client.chat.completions.create, model="gpt-4o-mini", temperature=0)
