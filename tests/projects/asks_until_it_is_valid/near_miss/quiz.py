from openai import OpenAI

client = OpenAI()


def grade(answer):
    mark = ""
    prompt = f"Grade with one letter from A to F:\n{answer}"
    while mark not in tuple("ABCDEF"):
        mark = client.responses.create(model="gpt-4.1", input=prompt).output_text
    return mark
