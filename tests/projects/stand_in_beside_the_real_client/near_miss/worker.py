from core import classify
from openai import OpenAI
from tenacity import retry, stop_after_attempt, wait_random_exponential

client = OpenAI(max_retries=0)


@retry(stop=stop_after_attempt(6), wait=wait_random_exponential(max=60))
def work(mail):
    mail.label = classify(client, mail.text)
