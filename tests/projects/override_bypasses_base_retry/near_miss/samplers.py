import time

from openai import APIError, OpenAI


class Sampler:
    def sample(self, messages):
        trial = 0
        while True:
            try:
                return self.send(messages)
            except APIError:
                if trial == 6:
                    raise
                time.sleep(2**trial)
                trial += 1

    def send(self, messages):
        raise NotImplementedError


class ChatSampler(Sampler):
    def __init__(self, model):
        self.client = OpenAI(max_retries=0)
        self.model = model

    def sample(self, messages):
        return super().sample([{"role": "system", "content": "Be brief."}, *messages])

    def send(self, messages):
        reply = self.client.chat.completions.create(model=self.model, messages=messages)
        return reply.choices[0].message.content
