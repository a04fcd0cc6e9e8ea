from anthropic import Anthropic
from openai import OpenAI


class OpenAIProvider:
    def __init__(self):
        self.client = OpenAI(max_retries=5)

    def chat(self, messages):
        reply = self.client.chat.completions.create(model="gpt-4o", messages=messages)
        return reply.choices[0].message.content


class AnthropicProvider:
    def __init__(self):
        self.client = Anthropic()

    def chat(self, messages):
        reply = self.client.messages.create(model="claude-sonnet-4-5", max_tokens=1024, messages=messages)
        return reply.content[0].text


PROVIDERS = {"openai": OpenAIProvider(), "anthropic": AnthropicProvider()}
