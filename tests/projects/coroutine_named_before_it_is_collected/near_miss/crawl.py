import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=5)
slots = asyncio.Semaphore(8)


async def ask(text):
    return await client.responses.create(model="gpt-4.1-mini", input=text)


async def limited(task):
    async with slots:
        return await task


async def main(texts):
    tasks = []
    for text in texts:
        task = ask(text)
        tasks.append(task)
    return await asyncio.gather(*[limited(task) for task in tasks])
