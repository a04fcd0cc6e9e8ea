import asyncio

from openai import AsyncOpenAI

from grader.concurrency import limited

client = AsyncOpenAI(max_retries=6)


async def grade(essay):
    response = await client.responses.create(model="gpt-4.1", input=essay)
    return response.output_text


async def grade_all(essays):
    semaphore = asyncio.Semaphore(8)
    tasks = []
    for essay in essays:
        tasks.append(asyncio.create_task(limited(semaphore, grade(essay))))
    return await asyncio.gather(*tasks)
