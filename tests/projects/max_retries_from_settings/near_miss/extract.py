from config import settings
from openai import AsyncOpenAI

client = AsyncOpenAI(timeout=settings.openai_timeout, max_retries=settings.openai_max_retries)


async def extract(text, schema):
    response = await client.chat.completions.parse(
        model=settings.openai_model, messages=[{"role": "user", "content": text}], response_format=schema
    )
    return response.choices[0].message.parsed
