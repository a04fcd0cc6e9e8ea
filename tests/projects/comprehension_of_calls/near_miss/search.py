import numpy as np
from openai import OpenAI

client = OpenAI()


def vectors(texts):
    answer = client.embeddings.create(model="text-embedding-3-small", input=texts)
    return [np.array(one.embedding) for one in answer.data]


def rank(query, passages):
    target, *found = vectors([query, *passages])
    scores = {passage: float(one @ target) for passage, one in zip(passages, found, strict=True)}
    return sorted(scores, key=scores.get, reverse=True)
