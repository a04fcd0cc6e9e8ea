import asyncio

from openai import OpenAI

client = OpenAI(max_retries=6)


async def embed_all(texts):
    found = []
    for text in texts:
        found.append(await asyncio.to_thread(client.embeddings.create, model="text-embedding-3-small", input=text))
    return found
