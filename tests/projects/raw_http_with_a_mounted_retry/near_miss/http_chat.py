import os

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

session = requests.Session()
retries = Retry(total=6, backoff_factor=1, status_forcelist=[429, 500, 502, 503], allowed_methods=["POST"])
session.headers["Authorization"] = f"Bearer {os.environ['OPENAI_API_KEY']}"
session.mount("https://", HTTPAdapter(pool_maxsize=20, max_retries=retries))


def chat(messages):
    body = {"model": "gpt-4o", "messages": messages}
    response = session.post("https://api.openai.com/v1/chat/completions", json=body, timeout=60)
    response.raise_for_status()
    return response.json()["choices"][0]["message"]["content"]
