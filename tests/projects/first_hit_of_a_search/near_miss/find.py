from openai import OpenAI

client = OpenAI()


def matches(question, page):
    reply = client.responses.create(model="gpt-4.1-nano", input=f"Does this answer {question}? yes or no\n{page}")
    return reply.output_text.lower().startswith("yes")


def find(question, pages):
    for page in pages:
        if question.split()[0] in page:
            return page if matches(question, page) else None
    return None
