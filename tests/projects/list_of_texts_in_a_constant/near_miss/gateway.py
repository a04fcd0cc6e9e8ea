from constants import FATAL, RETRYABLE
from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=3)


async def send(body):
    reply = await client.chat.completions.create(**body)
    message = (reply.choices[0].message.content or "").lower()
    if any(text in message for text in FATAL):
        raise SystemExit(1)
    for text in RETRYABLE:
        if text in message:
            return None
    return reply
