import httpx
from openai import OpenAI

client = OpenAI(max_retries=6)


def summarise(url):
    page = httpx.get(url, timeout=20).text
    if "Too Many Requests" in page or "429" in page:
        return None
    try:
        return client.responses.create(model="gpt-4.1", input=f"Summarise:\n{page}").output_text
    except Exception as error:
        print(error)
        raise
