import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=5)


async def translate(text):
    response = await client.responses.create(model="gpt-4.1-nano", input=f"In Dutch: {text}")
    return response.output_text


async def translate_all(texts):
    jobs = [translate(text) for text in texts]
    done = []
    for start in range(0, len(jobs), 10):
        done += await asyncio.gather(*jobs[start : start + 10])
    return done
