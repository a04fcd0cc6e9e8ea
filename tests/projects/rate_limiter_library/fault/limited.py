from aiolimiter import AsyncLimiter
from openai import AsyncOpenAI

client = AsyncOpenAI()


async def run(prompts):
    limiter = AsyncLimiter(60, 60)
    answers = []
    async with limiter:
        for prompt in prompts:
            response = await client.responses.create(model="gpt-4.1", input=prompt)
            answers.append(response.output_text)
    return answers
