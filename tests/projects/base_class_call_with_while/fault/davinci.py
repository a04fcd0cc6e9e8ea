import openai
from lm import LM


class Davinci(LM):
    def request(self, prompt, **kwargs):
        return openai.Completion.create(model="text-davinci-003", prompt=prompt, **kwargs)["choices"][0]["text"]


lm = Davinci()
print(lm("The capital of Mongolia is", max_tokens=5))
