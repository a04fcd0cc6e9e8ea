from llm.api import LLM


class Summariser:
    def __init__(self, llm: LLM):
        self.llm = llm

    def summarise(self, page: str) -> str:
        return self.llm.complete(f"Summarise this page:\n{page}")
