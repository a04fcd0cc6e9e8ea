from openai import OpenAI
from tenacity import retry, stop_after_attempt, wait_exponential


class Writer:
    def __init__(self, tries=5):
        self.client = OpenAI(max_retries=0)
        self.write = retry(stop=stop_after_attempt(tries), wait=wait_exponential(max=60))(self.write)

    def write(self, topic):
        return self.client.responses.create(model="gpt-4.1", input=f"An essay on {topic}").output_text

    def save(self, path, text):
        path.write_text(text)
