from openai import OpenAI
from tenacity import retry, retry_if_exception_message, stop_after_attempt, wait_exponential

client = OpenAI(max_retries=0)
limited = retry_if_exception_message(match=r".*(rate.?limit|429).*")


@retry(retry=limited, wait=wait_exponential(max=60), stop=stop_after_attempt(7))
def vectors(texts):
    return client.embeddings.create(model="text-embedding-3-small", input=texts).data
