from company import CompanyAI

client = CompanyAI(timeout=20)


def answer(question):
    return client.responses.create(model="gpt-4.1", input=question).output_text
