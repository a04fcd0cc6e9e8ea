import os

from openai import AzureOpenAI

OPTIONS = {
    "azure_endpoint": os.environ["AZURE_OPENAI_ENDPOINT"],
    "api_version": "2024-06-01",
    "timeout": 30,
    "max_retries": 6,
}


def make():
    return AzureOpenAI(**OPTIONS)
