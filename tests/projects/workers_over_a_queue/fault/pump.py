import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=5)


async def handle(job):
    response = await client.responses.create(model="gpt-4.1", input=job["prompt"])
    job["future"].set_result(response.output_text)


async def pump(queue):
    background = set()
    while True:
        job = await queue.get()
        task = asyncio.create_task(handle(job))
        background.add(task)
        task.add_done_callback(background.discard)
