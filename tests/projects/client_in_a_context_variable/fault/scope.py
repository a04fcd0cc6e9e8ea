from contextvars import ContextVar

from openai import AsyncOpenAI

current = ContextVar("current")


def enter(key):
    return current.set(AsyncOpenAI(api_key=key, max_retries=0))
