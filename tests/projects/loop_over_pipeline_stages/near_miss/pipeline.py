from openai import OpenAI

client = OpenAI()


def chat(prompt):
    return client.responses.create(model="gpt-4.1", input=prompt).output_text


def clean(text):
    return chat(f"Correct the spelling:\n{text}")


def shorten(text):
    return chat(f"Shorten:\n{text}")


STAGES = [clean, shorten]


def process(text):
    for stage in STAGES:
        text = stage(text)
    return text
