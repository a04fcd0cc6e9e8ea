import threading

from openai import OpenAI

client = OpenAI(max_retries=5)
slots = threading.BoundedSemaphore(4)


class Job(threading.Thread):
    def __init__(self, prompt):
        super().__init__(daemon=True)
        self.prompt = prompt
        self.answer = None

    def run(self):
        with slots:
            self.answer = client.responses.create(model="gpt-4.1", input=self.prompt).output_text


def run_all(prompts):
    jobs = [Job(prompt) for prompt in prompts]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    return [job.answer for job in jobs]
