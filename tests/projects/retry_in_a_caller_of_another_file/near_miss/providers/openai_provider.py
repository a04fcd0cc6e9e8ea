import openai


class OpenAIProvider:
    def __init__(self, model):
        self.model = model

    def chat(self, messages):
        return openai.ChatCompletion.create(model=self.model, messages=messages)["choices"][0]["message"]
