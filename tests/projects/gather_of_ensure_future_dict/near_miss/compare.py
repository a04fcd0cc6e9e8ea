import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=4)
slots = asyncio.Semaphore(6)


async def ask(prompt):
    async with slots:
        reply = await client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": prompt}])
    return reply.choices[0].message.content


async def ask_all(prompts):
    futures = {name: asyncio.ensure_future(ask(prompt)) for name, prompt in prompts.items()}
    await asyncio.gather(*futures.values())
    return {name: future.result() for name, future in futures.items()}
