from gateway import Gateway
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam


class History:
    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.messages: list[ChatCompletionMessageParam] = []

    def send(self, text: str) -> ChatCompletion:
        self.messages.append({"role": "user", "content": text})
        return ChatCompletion.model_validate(self.gateway.create(model="gpt-4o", messages=self.messages))
