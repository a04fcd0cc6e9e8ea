from openai import APIError, OpenAI

client = OpenAI(max_retries=6)


def shorten(text):
    try:
        return client.responses.create(model="gpt-4.1", input=text).output_text
    except APIError:
        raise
    except Exception as error:
        if "context_length_exceeded" in str(error):
            return shorten(text[: len(text) // 2])
        raise
