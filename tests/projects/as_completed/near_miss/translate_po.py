import asyncio

import polib
from openai import AsyncOpenAI
from tqdm import tqdm

client = AsyncOpenAI(max_retries=4)


async def translate(entry, language):
    response = await client.responses.create(model="gpt-4.1-mini", input=f"In {language}: {entry.msgid}")
    entry.msgstr = response.output_text


async def translate_file(path, language):
    catalogue = polib.pofile(path)
    todo = catalogue.untranslated_entries()
    for start in tqdm(range(0, len(todo), 8)):
        jobs = [translate(entry, language) for entry in todo[start : start + 8]]
        for job in asyncio.as_completed(jobs):
            await job
    catalogue.save()
