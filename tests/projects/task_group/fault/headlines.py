import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=5)


async def headline(article, out):
    response = await client.responses.create(model="gpt-4.1-mini", input=f"A headline: {article['text']}")
    out[article["id"]] = response.output_text


async def headlines(articles):
    out = {}
    async with asyncio.TaskGroup() as group:
        for article in articles:
            group.create_task(headline(article, out))
    return out
