from openai import OpenAI


class Session:
    def __init__(self, **options):
        self.client = OpenAI(**options)
