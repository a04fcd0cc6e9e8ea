import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=0)


async def label(text):
    response = await client.responses.create(model="gpt-4.1-nano", input=f"A label for: {text}")
    return response.output_text


async def label_all(texts):
    running = {asyncio.create_task(label(text)): text for text in texts}
    labels = {}
    while running:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            text = running.pop(task)
            labels[text] = None if task.exception() else task.result()
    return labels
