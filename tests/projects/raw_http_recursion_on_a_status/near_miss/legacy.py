import os
import time

import requests

URL = "https://api.openai.com/v1/completions"


def complete(prompt, tries=5):
    headers = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
    body = {"model": "gpt-3.5-turbo-instruct", "prompt": prompt}
    response = requests.post(URL, headers=headers, json=body, timeout=30)
    if response.status_code == 429 and tries > 0:
        time.sleep(10)
        return complete(prompt, tries - 1)
    return response.json()["choices"][0]["text"]
