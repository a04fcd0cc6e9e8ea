from base import BaseAgent
from openai import OpenAI


class Lawyer(BaseAgent):
    system = "You are a lawyer."

    def __init__(self):
        self.client = OpenAI(max_retries=5)


print(Lawyer().ask("May I keep a goat?"))
