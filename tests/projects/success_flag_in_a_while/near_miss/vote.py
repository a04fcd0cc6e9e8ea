import time

from openai import OpenAI, OpenAIError

client = OpenAI(max_retries=0)


def vote(statement):
    counted = False
    result = None
    while not counted:
        try:
            result = client.responses.create(model="gpt-4.1", input=f"Agree? {statement}").output_text
            counted = True
        except OpenAIError as error:
            print("no vote:", error)
            time.sleep(5)
    return result
