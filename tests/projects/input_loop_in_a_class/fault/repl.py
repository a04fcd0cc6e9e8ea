from llm import LLM
from rich.console import Console

console = Console()


class Repl:
    def __init__(self, topics):
        self.llm = LLM()
        self.topics = topics

    def next_line(self):
        return self.topics.pop() if self.topics else None

    def run(self):
        while True:
            line = self.next_line()
            if line is None:
                break
            console.print(self.llm.chat(line))
