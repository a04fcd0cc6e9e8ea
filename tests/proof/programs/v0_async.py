"""Asks one question with SDK 0.x, asynchronously, and prints the answer."""

import asyncio

import openai


async def main() -> None:
    reply = await openai.ChatCompletion.acreate(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": "Say hello."}],
    )
    print(reply["choices"][0]["message"]["content"])


asyncio.run(main())
