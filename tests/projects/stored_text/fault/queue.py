import openai
from openai import OpenAI

client = OpenAI(max_retries=6)


def work(job):
    try:
        job.answer = client.responses.create(model="gpt-4.1", input=job.prompt).output_text
    except openai.OpenAIError as error:
        job.failed = str(error)
        job.again = "Rate limit reached" in str(error)
    job.save()
