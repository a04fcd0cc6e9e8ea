import backoff
import openai
import requests


@backoff.on_exception(backoff.expo, requests.exceptions.RequestException, max_tries=5)
def answer(question):
    reply = openai.ChatCompletion.create(model="gpt-4", messages=[{"role": "user", "content": question}])
    return reply["choices"][0]["message"]["content"]
