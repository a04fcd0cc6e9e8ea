"""The clients that the rest of the package sends requests through, and the retry that some of it uses."""

import openai
from openai import AsyncOpenAI, OpenAI
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

client = OpenAI()
async_client = AsyncOpenAI(max_retries=8)

patient = retry(
    retry=retry_if_exception_type((openai.RateLimitError, openai.InternalServerError, openai.APIConnectionError)),
    wait=wait_random_exponential(min=1, max=60),
    stop=stop_after_attempt(8),
    reraise=True,
)
