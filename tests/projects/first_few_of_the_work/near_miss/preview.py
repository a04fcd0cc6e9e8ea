from openai import OpenAI

client = OpenAI()


def preview(sections):
    for section in sections[:3]:
        yield client.responses.create(model="gpt-4.1", input=f"Expand: {section}").output_text
