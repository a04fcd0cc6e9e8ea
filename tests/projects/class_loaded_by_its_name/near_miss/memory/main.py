from memory.utils.factory import LlmFactory


class Memory:
    def __init__(self, provider="openai"):
        self.llm = LlmFactory.create(provider, "gpt-4.1-mini")

    def add_all(self, notes):
        return [self.llm.generate(f"What should be remembered of {note}?") for note in notes]
