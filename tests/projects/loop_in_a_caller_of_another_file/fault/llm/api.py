from openai import OpenAI


class LLM:
    def __init__(self, model: str):
        self.model = model
        self.client = OpenAI()

    def complete(self, prompt: str) -> str:
        reply = self.client.chat.completions.create(model=self.model, messages=[{"role": "user", "content": prompt}])
        return reply.choices[0].message.content or ""
