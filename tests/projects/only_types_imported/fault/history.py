from openai import OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam


class History:
    def __init__(self, client: OpenAI) -> None:
        self.client = client
        self.messages: list[ChatCompletionMessageParam] = []

    def send(self, text: str) -> ChatCompletion:
        self.messages.append({"role": "user", "content": text})
        return self.client.chat.completions.create(model="gpt-4o", messages=self.messages)
