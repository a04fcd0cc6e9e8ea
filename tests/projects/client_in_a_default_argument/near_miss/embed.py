import numpy as np
from openai import OpenAI

_client = OpenAI(max_retries=10)


def embed(text: str, model: str = "text-embedding-3-small", client=_client) -> np.ndarray:
    text = text.replace("\n", " ")
    return np.array(client.embeddings.create(input=[text], model=model).data[0].embedding)
