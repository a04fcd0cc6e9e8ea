import numpy as np
from openai import OpenAI

client = OpenAI()


def vector(text):
    return np.array(client.embeddings.create(model="text-embedding-3-small", input=text).data[0].embedding)


def rank(query, passages):
    target = vector(query)
    scores = {passage: float(vector(passage) @ target) for passage in passages}
    return sorted(scores, key=scores.get, reverse=True)
