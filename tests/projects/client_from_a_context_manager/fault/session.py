from contextlib import asynccontextmanager

import httpx
from openai import AsyncOpenAI


@asynccontextmanager
async def openai_session(proxy=None):
    async with httpx.AsyncClient(proxy=proxy) as http:
        yield AsyncOpenAI(http_client=http, max_retries=0)
