import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=5)


async def opinion(persona, topic):
    response = await client.responses.create(model="gpt-4.1", instructions=f"You are {persona}.", input=topic)
    return response.output_text


async def panel(personas, topic):
    return await asyncio.gather(*(opinion(persona, topic) for persona in personas))
