from openai import OpenAI

client = OpenAI()


def answer(question):
    stream = client.responses.create(model="gpt-4.1", input=question, stream=True)
    for event in stream:
        if event.type == "response.output_text.delta":
            yield event.delta


def write(path, question):
    with open(path, "w") as out:
        for piece in answer(question):
            out.write(piece)
