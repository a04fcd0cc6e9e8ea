from openai import OpenAI
from pace import report_pace

client = OpenAI()


def run(prompts):
    for prompt in prompts:
        report_pace()
        print(client.responses.create(model="gpt-4.1", input=prompt).output_text)
