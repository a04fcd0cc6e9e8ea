from openai import OpenAI


class OpenAIService:
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.client = OpenAI(max_retries=6)
        return cls._instance

    def transcribe(self, path):
        with open(path, "rb") as audio:
            return self.client.audio.transcriptions.create(model="whisper-1", file=audio).text
