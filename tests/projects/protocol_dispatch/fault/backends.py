import os
from typing import Protocol

import openai


class Backend(Protocol):
    def generate(self, prompt: str) -> str: ...


class OpenAIBackend:
    def __init__(self, model: str = "gpt-3.5-turbo") -> None:
        self.model = model
        openai.api_key = os.environ["OPENAI_API_KEY"]

    def generate(self, prompt: str) -> str:
        reply = openai.ChatCompletion.create(model=self.model, messages=[{"role": "user", "content": prompt}])
        return reply["choices"][0]["message"]["content"]
