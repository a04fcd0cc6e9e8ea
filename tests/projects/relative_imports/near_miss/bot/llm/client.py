from openai import AsyncOpenAI

from ..settings import RETRIES, TIMEOUT

client = AsyncOpenAI(timeout=TIMEOUT, max_retries=RETRIES)
