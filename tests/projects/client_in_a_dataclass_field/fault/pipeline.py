from dataclasses import dataclass, field

from openai import OpenAI


@dataclass
class Rewriter:
    tone: str
    model: str = "gpt-4.1"
    client: OpenAI = field(default_factory=OpenAI)

    def rewrite(self, text: str) -> str:
        prompt = f"Rewrite in a {self.tone} tone:\n{text}"
        return self.client.responses.create(model=self.model, input=prompt).output_text
