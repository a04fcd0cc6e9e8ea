import os

import openai


class Engine:
    def __init__(self, model):
        openai.api_key = os.environ["OPENAI_API_KEY"]
        openai.max_retries = 7
        self.api = openai
        self.model = model

    def run(self, prompt):
        result = self.api.chat.completions.create(model=self.model, messages=[{"role": "user", "content": prompt}])
        return result.choices[0].message.content
