import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=5)


async def translate(text):
    response = await client.responses.create(model="gpt-4.1-nano", input=f"In Dutch: {text}")
    return response.output_text


async def translate_all(texts):
    jobs = [translate(text) for text in texts]
    return await asyncio.gather(*jobs)
