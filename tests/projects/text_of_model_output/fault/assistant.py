from openai import APIError, OpenAI

client = OpenAI(max_retries=6)


def answer(question):
    text = ""
    try:
        text = client.responses.create(model="gpt-4.1", input=question).output_text
    except APIError as error:
        text = str(error)
        if "rate limit" in text:
            return "busy"
    return text
