import backoff
import openai
from llm import complete


@backoff.on_exception(backoff.expo, openai.error.RateLimitError, max_tries=8)
def process(job):
    job["answer"] = complete(job["prompt"])
    return job
