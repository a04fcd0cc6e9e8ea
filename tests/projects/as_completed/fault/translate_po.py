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
    jobs = [translate(entry, language) for entry in catalogue.untranslated_entries()]
    for job in tqdm(asyncio.as_completed(jobs), total=len(jobs)):
        await job
    catalogue.save()
