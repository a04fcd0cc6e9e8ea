import httpx
from openai import OpenAI

client = OpenAI(max_retries=6)


def summarise(url):
    page = httpx.get(url, timeout=20).text
    try:
        return client.responses.create(model="gpt-4.1", input=f"Summarise:\n{page}").output_text
    except Exception as error:
        if "Too Many Requests" in str(error) or "429" in str(error):
            return None
        raise
