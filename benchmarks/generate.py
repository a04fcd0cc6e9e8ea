"""Projects made up for measuring: packages of modules that call one another, now and then with a request in them."""

from __future__ import annotations

from pathlib import Path

LINES_OF_A_MODULE = 100
MODULES_OF_A_PACKAGE = 50

HEADER = "import time\n\nfrom openai import OpenAI\n\n{imports}\nclient = OpenAI()\n\n\n"

REQUEST = """def ask_{number}(prompt, tries=5):
    for attempt in range(tries):
        try:
            return client.responses.create(model="gpt-4.1", input=prompt).output_text
        except Exception as error:
            if attempt == tries - 1:
                raise
            print("again", error)
            time.sleep(2**attempt)


"""

PLAIN = """class Record{number}:
    def __init__(self, name, values, parent=None):
        self.name = name
        self.values = [value for value in values if value is not None]
        self.parent = parent

    def total(self):
        result = 0
        for value in self.values:
            result += value * {factor}
        return result

    def describe(self):
        parts = {{"name": self.name, "total": self.total(), "parent": str(self.parent)}}
        return ", ".join(f"{{key}}={{value}}" for key, value in parts.items())


def collect_{number}(rows, limit=10):
    records = []
    for row in rows[:limit]:
        record = Record{number}(row["name"], row.get("values", []))
        if record.total() > 100:
            records.append(record.describe())
        else:
            records.append({callee}(row["name"]))
    return records


"""


def module(number: int, lines: int) -> str:
    """The text of one module. It calls the module before it in its package, so that a package hangs together."""
    first = number % MODULES_OF_A_PACKAGE == 0
    imports = "" if first else f"from .module_{number - 1} import collect_{number - 1}_0 as before\n"
    text = HEADER.format(imports=imports) + REQUEST.format(number=number)
    part = 0
    while text.count("\n") < lines:
        callee = f"ask_{number}" if first or part else "before"
        text += PLAIN.format(number=f"{number}_{part}", callee=callee, factor=number + part)
        part += 1
    return text


def write(folder: Path, lines: int) -> int:
    """Write a project of about so many lines below ``folder``, and return how many they are."""
    (folder / "pyproject.toml").write_text("")
    written = number = 0
    while written < lines:
        package = folder / f"package_{number // MODULES_OF_A_PACKAGE}"
        if number % MODULES_OF_A_PACKAGE == 0:
            package.mkdir(parents=True, exist_ok=True)
            (package / "__init__.py").write_text("")
        text = module(number, min(LINES_OF_A_MODULE, lines))
        (package / f"module_{number}.py").write_text(text)
        written += text.count("\n")
        number += 1
    return written


def write_component(folder: Path, functions: int) -> int:
    """Write one module of so many functions that call each other in a ring, with one request in it; its lines."""
    (folder / "pyproject.toml").write_text("")
    parts = ["from openai import OpenAI\n\nclient = OpenAI()\n\n\n"]
    for number in range(functions):
        send = "client.responses.create(model='m', input=text)" if number == 0 else "text"
        parts.append(
            f"def step_{number}(text):\n    print({send})\n    return step_{(number + 1) % functions}(text)\n\n\n"
        )
    text = "".join(parts)
    (folder / "ring.py").write_text(text)
    return text.count("\n")
