import random
import time

import openai


def edit(text, instruction):
    for delay in [1, 2, 4, 8, 16]:
        try:
            response = openai.Edit.create(model="text-davinci-edit-001", input=text, instruction=instruction)
        except openai.error.InvalidRequestError:
            time.sleep(delay + random.random())
        else:
            break
    else:
        raise RuntimeError("no edit")
    return response["choices"][0]["text"]
