from openai import OpenAI


class OpenAILLM:
    def __init__(self, model):
        self.model = model
        self.client = OpenAI(max_retries=6)

    def generate(self, prompt):
        return self.client.responses.create(model=self.model, input=prompt).output_text
