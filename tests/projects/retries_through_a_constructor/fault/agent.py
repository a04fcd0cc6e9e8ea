import openai


class Agent:
    def __init__(self, model, retries=0):
        self.client = openai.OpenAI(max_retries=retries)
        self.model = model

    def run(self, messages):
        return self.client.chat.completions.create(model=self.model, messages=messages)
