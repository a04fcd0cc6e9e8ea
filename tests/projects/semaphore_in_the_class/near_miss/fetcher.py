import asyncio

from openai import AsyncOpenAI


class Fetcher:
    def __init__(self, concurrency=5):
        self.client = AsyncOpenAI(max_retries=5)
        self.semaphore = asyncio.Semaphore(concurrency)

    async def fetch(self, prompt):
        async with self.semaphore:
            response = await self.client.responses.create(model="gpt-4.1", input=prompt)
        return response.output_text

    async def run(self, prompts):
        return await asyncio.gather(*[self.fetch(prompt) for prompt in prompts])
