import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=6)


async def grade(essay):
    response = await client.responses.create(model="gpt-4.1", input=essay)
    return response.output_text


async def grade_all(essays, announce):
    tasks = [grade(essay) for essay in essays]
    for task in tasks:
        print(task)
    return await asyncio.gather(*tasks)
