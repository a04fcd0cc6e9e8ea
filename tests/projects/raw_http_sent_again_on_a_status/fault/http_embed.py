import os

import httpx

URL = "https://api.openai.com/v1/embeddings"
HEADERS = {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]}


async def embed(texts):
    async with httpx.AsyncClient(timeout=30) as http:
        response = await http.post(URL, headers=HEADERS, json={"model": "text-embedding-3-small", "input": texts})
        if response.status_code == 429:
            return []
        response.raise_for_status()
        return [row["embedding"] for row in response.json()["data"]]
