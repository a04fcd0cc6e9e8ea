from constants import FATAL, RETRYABLE
from openai import AsyncOpenAI

client = AsyncOpenAI(max_retries=3)


async def send(body):
    try:
        return await client.chat.completions.create(**body)
    except Exception as exc:
        message = str(exc).lower()
        if any(text in message for text in FATAL):
            raise SystemExit(1) from exc
        for text in RETRYABLE:
            if text in message:
                return None
        raise
