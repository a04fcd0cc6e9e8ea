from openai import APIError, OpenAI

client = OpenAI(max_retries=6)


def answer(question):
    text = ""
    try:
        text = client.responses.create(model="gpt-4.1", input=question).output_text
        if "rate limit" in text:
            return "busy"
    except APIError as error:
        print(str(error))
    return text
