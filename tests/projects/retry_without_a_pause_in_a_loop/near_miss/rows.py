from openai import OpenAI
from tenacity import retry, stop_after_attempt, wait_exponential

client = OpenAI()


@retry(stop=stop_after_attempt(3), wait=wait_exponential(max=60), reraise=True)
def fill(row):
    return client.responses.create(model="gpt-4.1", input=f"Complete the record {row}").output_text


def fill_all(rows):
    return [fill(row) for row in rows]
