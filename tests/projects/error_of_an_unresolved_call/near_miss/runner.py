from openai import OpenAI

client = OpenAI(max_retries=6)


def complete(prompt):
    return client.responses.create(model="gpt-4.1", input=prompt).output_text


def run(step, text):
    try:
        return step.handle(text)
    except Exception as error:
        if "has no attribute" in str(error):
            return step.handle(text[:4000])
        raise
