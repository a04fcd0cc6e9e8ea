from pathlib import Path

from notes.llm import tag


def main() -> None:
    for path in Path.cwd().glob("*.md"):
        print(path.name, *tag(path.read_text()))
