from openai import OpenAI

client = OpenAI()


def answers(questions):
    for question in questions:
        yield question, client.responses.create(model="gpt-4.1", input=question).output_text


def write(path, questions):
    with open(path, "w") as out:
        for question, answer in answers(questions):
            out.write(f"{question}\t{answer}\n")
