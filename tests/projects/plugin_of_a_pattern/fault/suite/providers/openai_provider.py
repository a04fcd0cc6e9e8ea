import openai


class OpenaiProvider:
    def __init__(self, **config):
        self.client = openai.OpenAI(max_retries=0, **config)

    def complete(self, model, messages):
        return self.client.chat.completions.create(model=model, messages=messages)
