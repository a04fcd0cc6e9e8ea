"""Asks one question through a client that is handed around, and prints the answer."""

import asyncio

from openai import AsyncOpenAI


async def ask(client: AsyncOpenAI, question: str) -> str:
    reply = await client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": question}],
    )
    return reply.choices[0].message.content or ""


async def main() -> None:
    print(await ask(AsyncOpenAI(), "Say hello."))


asyncio.run(main())
