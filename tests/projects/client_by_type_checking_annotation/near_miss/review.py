from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groq import AsyncGroq


async def review(client: AsyncGroq, diff: str) -> str:
    response = await client.responses.create(model="gpt-oss-120b", input=f"Review this change:\n{diff}")
    return response.output_text
