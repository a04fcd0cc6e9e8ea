from pathlib import Path

from commands import COMMANDS


def run(command, folder):
    work = COMMANDS[command]
    for path in sorted(Path(folder).glob("*.md")):
        path.with_suffix(".out").write_text(work(path.read_text()))
