import asyncio
from concurrent.futures import ThreadPoolExecutor

from openai import OpenAI

client = OpenAI(max_retries=5)
pool = ThreadPoolExecutor(max_workers=6)


def answer(question):
    return client.responses.create(model="gpt-4.1", input=question).output_text


async def answer_all(questions):
    loop = asyncio.get_running_loop()
    futures = [loop.run_in_executor(pool, answer, question) for question in questions]
    return await asyncio.gather(*futures)
