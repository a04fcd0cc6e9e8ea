import re
import time

from openai import OpenAI, RateLimitError

client = OpenAI(max_retries=0)
WAIT = re.compile(r"try again in (\d+(?:\.\d+)?)(ms|s)")


def ask(prompt):
    while True:
        try:
            return client.responses.create(model="gpt-4.1", input=prompt).output_text
        except RateLimitError as error:
            match = WAIT.search(str(error))
            seconds = float(match[1]) if match else 20
            time.sleep(seconds)
