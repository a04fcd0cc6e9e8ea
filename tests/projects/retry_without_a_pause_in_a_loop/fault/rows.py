from openai import OpenAI
from tenacity import retry, stop_after_attempt

client = OpenAI()


@retry(stop=stop_after_attempt(3), reraise=True)
def fill(row):
    return client.responses.create(model="gpt-4.1", input=f"Complete the record {row}").output_text


def fill_all(rows):
    return [fill(row) for row in rows]
