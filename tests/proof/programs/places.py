"""Asks through clients in several places, and prints the answers."""

import asyncio
from functools import partial

import openai
from openai import AsyncOpenAI, OpenAI

MODEL = "gpt-4o-mini"
HELLO = [{"role": "user", "content": "Say hello."}]
client = OpenAI()
raw = client.chat.completions.with_raw_response.create(model=MODEL, messages=HELLO)
print("raw", raw.parse().choices[0].message.content)
ask = partial(client.chat.completions.create, model=MODEL)
print("partial", ask(messages=HELLO).choices[0].message.content)
print("module", openai.chat.completions.create(model=MODEL, messages=HELLO).choices[0].message.content)


class Bot:
    def __init__(self) -> None:
        self.client = OpenAI()

    def ask(self) -> str | None:
        return self.client.chat.completions.create(model=MODEL, messages=HELLO).choices[0].message.content


def ask_any(anyone: OpenAI) -> str | None:
    return anyone.chat.completions.create(model=MODEL, messages=HELLO).choices[0].message.content


async def both(client: AsyncOpenAI) -> None:
    first = client.chat.completions.create(model=MODEL, messages=HELLO)
    second = asyncio.create_task(client.chat.completions.create(model=MODEL, messages=HELLO))
    for reply in await asyncio.gather(first, second):
        print("gather", reply.choices[0].message.content)


print("attribute", Bot().ask())
print("parameter", ask_any(client.with_options(timeout=30)))
asyncio.run(both(AsyncOpenAI()))
