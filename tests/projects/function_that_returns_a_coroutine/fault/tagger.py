import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=5)


def tag(text):
    return client.responses.create(model="gpt-4.1-nano", input=f"Three tags for:\n{text}")


async def tag_all(texts):
    responses = await asyncio.gather(*(tag(text) for text in texts))
    return [response.output_text for response in responses]
