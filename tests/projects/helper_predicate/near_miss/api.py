import asyncio

from errors import describe, is_rate_limit
from openai import AsyncOpenAI


class Api:
    def __init__(self) -> None:
        self.client = AsyncOpenAI(max_retries=0)

    async def call(self, prompt: str) -> str:
        for attempt in range(5):
            try:
                response = await self.client.responses.create(model="gpt-4.1", input=prompt)
                return response.output_text
            except Exception as error:
                print(describe(error))
                if not is_rate_limit(error):
                    raise
                await asyncio.sleep(2**attempt)
        raise RuntimeError("limited")
