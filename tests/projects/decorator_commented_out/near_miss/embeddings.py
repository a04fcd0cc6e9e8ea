import openai
from tenacity import retry, stop_after_attempt, wait_random_exponential

POLICY = {"wait": wait_random_exponential(min=1, max=20), "stop": stop_after_attempt(6)}


@retry(**POLICY)
def get_embedding(text, engine="text-embedding-ada-002"):
    text = text.replace("\n", " ")
    return openai.Embedding.create(input=[text], engine=engine)["data"][0]["embedding"]
