import asyncio

from openai import OpenAI
from tenacity import retry, stop_after_attempt, wait_exponential_jitter


class Agent:
    def __init__(self, model):
        self.model = model
        self.client = OpenAI(max_retries=0)

    @retry(stop=stop_after_attempt(6), wait=wait_exponential_jitter(1, 60))
    async def think(self, messages):
        completion = await asyncio.to_thread(
            self.client.chat.completions.create,
            model=self.model,
            messages=messages,
        )
        return completion.choices[0].message
