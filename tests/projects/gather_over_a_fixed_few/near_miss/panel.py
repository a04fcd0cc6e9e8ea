import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=5)


async def opinion(persona, topic):
    response = await client.responses.create(model="gpt-4.1", instructions=f"You are {persona}.", input=topic)
    return response.output_text


async def panel(topic):
    return await asyncio.gather(opinion("an optimist", topic), opinion("a sceptic", topic))
