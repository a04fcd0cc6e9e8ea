import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=5)


async def ask(text):
    return await client.responses.create(model="gpt-4.1-mini", input=text)


async def main(texts):
    tasks = []
    for text in texts:
        task = ask(text)
        tasks.append(task)
    return await asyncio.gather(*tasks)
