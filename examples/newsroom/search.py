"""The search index: embeddings of all articles."""

import asyncio

from newsroom.clients import async_client

slots = asyncio.Semaphore(8)


async def embed(text):
    response = await async_client.embeddings.create(model="text-embedding-3-small", input=text)
    return response.data[0].embedding


async def embed_in_turn(text):
    async with slots:
        return await embed(text)


async def index(articles):
    return await asyncio.gather(*(embed(article) for article in articles))


async def reindex(articles):
    # Silent: the semaphore lets eight requests run at a time.
    return await asyncio.gather(*(embed_in_turn(article) for article in articles))
