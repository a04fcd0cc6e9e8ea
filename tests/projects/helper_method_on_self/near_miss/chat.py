from base import Handler
from openai import BadRequestError, OpenAI


class Chat(Handler):
    def __init__(self):
        self.client = OpenAI(max_retries=6)

    def send(self, messages):
        try:
            return self.client.chat.completions.create(model="gpt-4o", messages=messages)
        except BadRequestError as error:
            if self.too_long(error):
                return self.send(self.shorten(messages))
            raise
