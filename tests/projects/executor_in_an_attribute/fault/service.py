from concurrent.futures import ThreadPoolExecutor

from openai import OpenAI


class Service:
    def __init__(self, workers=None):
        self.client = OpenAI(max_retries=5)
        self.pool = ThreadPoolExecutor(workers)

    def one(self, text):
        return self.client.responses.create(model="gpt-4.1", input=text).output_text

    def many(self, texts):
        futures = [self.pool.submit(self.one, text) for text in texts]
        return [future.result() for future in futures]
