import time

from openai import OpenAI, RateLimitError

client = OpenAI(max_retries=0)


def send(text):
    return client.responses.create(model="gpt-4.1", input=f"In German: {text}").output_text


def translate(text):
    for delay in (2, 10, 30):
        try:
            return send(text)
        except UnicodeEncodeError:
            text = text.encode("ascii", "ignore").decode()
        except RateLimitError:
            time.sleep(delay)
            break
    return text
