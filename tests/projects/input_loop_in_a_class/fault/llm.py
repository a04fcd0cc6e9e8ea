from openai import OpenAI


class LLM:
    def __init__(self):
        self.client = OpenAI()
        self.messages = []

    def chat(self, text):
        self.messages.append({"role": "user", "content": text})
        reply = self.client.chat.completions.create(model="gpt-4o", messages=self.messages)
        return reply.choices[0].message.content
