import time

from openai import OpenAI

client = OpenAI()


def index(pages):
    sent = 0
    for page in pages:
        page.vector = client.embeddings.create(model="text-embedding-3-small", input=page.text).data[0].embedding
        sent += 1
    if sent >= 50:
        time.sleep(60)
        sent = 0
    return sent
