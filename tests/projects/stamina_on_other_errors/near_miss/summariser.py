import openai
import stamina
from openai import OpenAI

client = OpenAI(max_retries=0)


@stamina.retry(on=(OSError, openai.OpenAIError), attempts=5)
def summarise(path):
    text = path.read_text()
    return client.responses.create(model="gpt-4.1", input=f"Summarise:\n{text}").output_text
