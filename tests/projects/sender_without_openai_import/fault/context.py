from dataclasses import dataclass
from typing import Any


@dataclass
class Context:
    llm: Any
    model: str = "gpt-4o-mini"
