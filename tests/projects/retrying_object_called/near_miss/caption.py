from openai import OpenAI
from tenacity import Retrying, stop_after_attempt, wait_exponential

client = OpenAI(max_retries=0)
retrying = Retrying(wait=wait_exponential(max=30), stop=stop_after_attempt(5))


def caption(url):
    content = [{"type": "input_text", "text": "Caption this."}, {"type": "input_image", "image_url": url}]
    messages = [{"role": "user", "content": content}]
    return retrying(client.responses.create, model="gpt-4.1", input=messages).output_text
