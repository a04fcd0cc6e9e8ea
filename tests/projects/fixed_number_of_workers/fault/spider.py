import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=5)


async def worker(queue, found):
    while not queue.empty():
        url, text = queue.get_nowait()
        response = await client.responses.create(model="gpt-4.1-nano", input=f"Summarise:\n{text}")
        found[url] = response.output_text


async def crawl(pages):
    queue, found = asyncio.Queue(), {}
    for page in pages.items():
        queue.put_nowait(page)
    await asyncio.gather(*(worker(queue, found) for _ in pages))
    return found
