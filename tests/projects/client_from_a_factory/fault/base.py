import os

from openai import AzureOpenAI, OpenAI


class OpenAIMixin:
    def get_client(self):
        if os.getenv("AZURE_OPENAI_ENDPOINT"):
            return AzureOpenAI(api_version="2024-06-01")
        return OpenAI()
