import time

import openai
from openai import OpenAI

client = OpenAI()


def describe(products):
    for product in products:
        try:
            product.text = client.responses.create(model="gpt-4.1", input=product.name).output_text
        except openai.RateLimitError:
            time.sleep(30)
        product.save()
