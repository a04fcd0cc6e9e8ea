import asyncio
import functools

import openai


async def complete(prompt, **options):
    loop = asyncio.get_running_loop()
    call = functools.partial(openai.Completion.create, engine="text-davinci-003", prompt=prompt, **options)
    response = await loop.run_in_executor(None, call)
    return response["choices"][0]["text"]
