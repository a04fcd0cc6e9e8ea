from openai import AsyncOpenAI


def openai_client() -> AsyncOpenAI:
    return AsyncOpenAI(max_retries=5)
