from openai import OpenAI

client = OpenAI(max_retries=6)
impatient = client.with_options(timeout=15, max_retries=0)


def outline(topic):
    return impatient.responses.create(model="gpt-4.1", input=f"Outline an essay on {topic}.").output_text


def essay(topic):
    return client.with_options(timeout=600).responses.create(model="o3", input=f"An essay on {topic}.").output_text
