import logging

import openai
from tenacity import retry, stop_after_attempt, wait_random_exponential


@retry(stop=stop_after_attempt(5), wait=wait_random_exponential(min=1, max=30))
def keyphrases(text):
    phrases = []
    try:
        answer = openai.ChatCompletion.create(
            model="gpt-3.5-turbo", messages=[{"role": "user", "content": f"Key phrases of: {text}"}]
        )
        phrases = answer.choices[0].message.content.splitlines()
    except Exception as error:
        logging.warning("no key phrases: %s", error)
    return phrases
