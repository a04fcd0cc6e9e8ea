import traceback

from openai import OpenAI, RateLimitError

client = OpenAI(max_retries=6)


def run(job):
    try:
        job.result = client.responses.create(model="gpt-4.1", input=job.prompt).output_text
        job.state = "done"
    except Exception as error:
        trace = traceback.format_exc()
        job.log(trace)
        job.state = "waiting" if isinstance(error, RateLimitError) else "failed"
