from embedders import Embedder, OpenAIEmbedder


class Index:
    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.rows: dict[str, list[float]] = {}

    def add_all(self, documents: dict[str, str]) -> None:
        for name, text in documents.items():
            self.rows[name] = self.embedder.embed(text)


def default_index() -> Index:
    return Index(OpenAIEmbedder("text-embedding-3-large"))
