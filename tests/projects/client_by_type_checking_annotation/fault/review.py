from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai import AsyncOpenAI


async def review(client: AsyncOpenAI, diff: str) -> str:
    response = await client.responses.create(model="gpt-4.1", input=f"Review this change:\n{diff}")
    return response.output_text
