"""Comments of readers are checked before they are shown. This one does without the SDK."""

import os

import httpx

HEADERS = {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]}


def is_harmful(comment):
    response = httpx.post("https://api.openai.com/v1/moderations", headers=HEADERS, json={"input": comment})
    response.raise_for_status()
    return response.json()["results"][0]["flagged"]
