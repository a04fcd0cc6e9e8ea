import asyncio

from openai import OpenAI

client = OpenAI(max_retries=5)


def answer(question):
    return client.responses.create(model="gpt-4.1", input=question).output_text


async def answer_all(questions):
    loop = asyncio.get_running_loop()
    futures = [loop.run_in_executor(None, answer, question) for question in questions]
    return await asyncio.gather(*futures)
