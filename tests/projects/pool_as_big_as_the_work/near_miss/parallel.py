from multiprocessing.pool import ThreadPool

from openai import OpenAI

client = OpenAI(max_retries=4)


def rewrite(sentence):
    return client.responses.create(model="gpt-4.1-nano", input=f"Simplify: {sentence}").output_text


def rewrite_all(sentences):
    size = min(len(sentences), 6)
    with ThreadPool(processes=size) as pool:
        return pool.map(rewrite, sentences)
