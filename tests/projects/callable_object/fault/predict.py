import openai


class Predict:
    def __init__(self, instructions, model="gpt-3.5-turbo"):
        self.instructions = instructions
        self.model = model

    def __call__(self, text):
        messages = [{"role": "system", "content": self.instructions}, {"role": "user", "content": text}]
        return openai.ChatCompletion.create(model=self.model, messages=messages)["choices"][0]["message"]["content"]
