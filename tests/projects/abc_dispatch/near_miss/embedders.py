from abc import ABC, abstractmethod

from openai import OpenAI


class Embedder(ABC):
    @abstractmethod
    def embed(self, text: str) -> list[float]:
        """The vector of a text."""


class OpenAIEmbedder(Embedder):
    def __init__(self, model: str) -> None:
        self.model = model
        self.client = OpenAI(max_retries=8)

    def embed(self, text: str) -> list[float]:
        return self.client.embeddings.create(model=self.model, input=text).data[0].embedding
