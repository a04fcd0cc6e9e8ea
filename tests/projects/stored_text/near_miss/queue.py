import openai
from openai import OpenAI

client = OpenAI(max_retries=6)


def work(job):
    if job.note and "Rate limit reached" in job.note:
        job.priority -= 1
    try:
        job.answer = client.responses.create(model="gpt-4.1", input=job.prompt).output_text
    except openai.OpenAIError as error:
        job.failed = str(error)
        job.again = isinstance(error, openai.RateLimitError)
    job.save()
