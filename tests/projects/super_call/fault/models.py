import time

import openai


class ChatModel:
    def generate(self, messages):
        return openai.ChatCompletion.create(model="gpt-4", messages=messages)["choices"][0]["message"]


class TimedChatModel(ChatModel):
    def __init__(self):
        self.seconds = 0.0

    def generate(self, messages):
        started = time.monotonic()
        message = super().generate(messages)
        self.seconds += time.monotonic() - started
        return message


def main():
    model = TimedChatModel()
    print(model.generate([{"role": "user", "content": "Hello"}]), model.seconds)
