from typing import Protocol

from llama_cpp import Llama


class Backend(Protocol):
    def generate(self, prompt: str) -> str: ...


class LlamaBackend:
    def __init__(self, path: str) -> None:
        self.model = Llama(path)

    def generate(self, prompt: str) -> str:
        reply = self.model.create_chat_completion(messages=[{"role": "user", "content": prompt}])
        return reply["choices"][0]["message"]["content"]
