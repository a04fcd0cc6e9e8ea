import asyncio
import os

import httpx

URL = "https://api.openai.com/v1/embeddings"
HEADERS = {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]}


async def embed(texts):
    async with httpx.AsyncClient(timeout=30) as http:
        for attempt in range(6):
            response = await http.post(URL, headers=HEADERS, json={"model": "text-embedding-3-small", "input": texts})
            if response.status_code == 429:
                await asyncio.sleep(2**attempt)
                continue
            response.raise_for_status()
            return [row["embedding"] for row in response.json()["data"]]
    return []
