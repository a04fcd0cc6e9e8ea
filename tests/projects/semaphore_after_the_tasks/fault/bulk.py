import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=5)


async def classify(text):
    reply = await client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": text}])
    return reply.choices[0].message.content


async def classify_all(texts, limit=10):
    tasks = [asyncio.create_task(classify(text)) for text in texts]
    semaphore = asyncio.Semaphore(limit)

    async def wait_for(task):
        async with semaphore:
            return await task

    return await asyncio.gather(*(wait_for(task) for task in tasks))
