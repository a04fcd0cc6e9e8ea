import time

import openai


class ChatModel:
    def generate(self, messages):
        return openai.ChatCompletion.create(model="gpt-4", messages=messages)["choices"][0]["message"]


class PatientChatModel(ChatModel):
    def __init__(self, tries=6):
        self.tries = tries

    def generate(self, messages):
        for attempt in range(self.tries):
            try:
                return super().generate(messages)
            except openai.error.OpenAIError:
                if attempt == self.tries - 1:
                    raise
                time.sleep(2**attempt)


def main():
    model = PatientChatModel()
    print(model.generate([{"role": "user", "content": "Hello"}]))
