from openai import AsyncOpenAI

from ..settings import TIMEOUT

client = AsyncOpenAI(timeout=TIMEOUT)
