from openai import AsyncOpenAI
from tenacity import AsyncRetrying, RetryError, stop_after_attempt, wait_random

client = AsyncOpenAI(max_retries=0)


async def vector(query):
    try:
        async for attempt in AsyncRetrying(stop=stop_after_attempt(4), wait=wait_random(1, 5)):
            with attempt:
                print("attempt", attempt.retry_state.attempt_number)
                result = await client.embeddings.create(model="text-embedding-3-small", input=query)
    except RetryError:
        return None
    return result.data[0].embedding
