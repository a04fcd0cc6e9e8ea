import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=5)


async def handle(job):
    response = await client.responses.create(model="gpt-4.1", input=job["prompt"])
    job["future"].set_result(response.output_text)


async def pump(queue):
    while True:
        job = await queue.get()
        await handle(job)


async def main(queue):
    await asyncio.gather(*(pump(queue) for _ in range(3)))
