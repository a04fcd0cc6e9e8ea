from llm import LLM
from rich.console import Console

console = Console()


class Repl:
    def __init__(self):
        self.llm = LLM()

    def next_line(self):
        line = console.input("[bold]> [/bold]")
        return None if line in ("", "exit") else line

    def run(self):
        while True:
            line = self.next_line()
            if line is None:
                break
            console.print(self.llm.chat(line))
