from providers.openai_provider import OpenAIProvider


class ChatService:
    def __init__(self):
        self.provider = OpenAIProvider("gpt-4")

    def reply(self, messages):
        try:
            return self.provider.chat(messages)
        except Exception as error:
            raise RuntimeError("no reply") from error
