from openai import OpenAI

client = OpenAI(max_retries=6)


def generate(prompt):
    return client.responses.create(model="gpt-4.1", input=prompt).output_text
