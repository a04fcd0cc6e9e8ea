import asyncio

from openai import OpenAI


class Agent:
    def __init__(self, model):
        self.model = model
        self.client = OpenAI(max_retries=0)

    async def think(self, messages):
        completion = await asyncio.to_thread(
            self.client.chat.completions.create,
            model=self.model,
            messages=messages,
        )
        return completion.choices[0].message
