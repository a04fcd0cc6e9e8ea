from openai import OpenAI
from pace import keep_pace

client = OpenAI()


def run(prompts):
    for prompt in prompts:
        keep_pace()
        print(client.responses.create(model="gpt-4.1", input=prompt).output_text)
