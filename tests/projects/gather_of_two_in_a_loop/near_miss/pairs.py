import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI()


async def ask(model, text):
    response = await client.responses.create(model=model, input=text)
    return response.output_text


async def compare(texts):
    for text in texts:
        print(await asyncio.gather(ask("gpt-4.1", text), ask("o4-mini", text)))
        await asyncio.sleep(2)
