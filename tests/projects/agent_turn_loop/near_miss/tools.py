import pathlib

TOOLS = [{"type": "function", "function": {"name": "read", "parameters": {"type": "object"}}}]


def run_tool(name, path):
    return pathlib.Path(path).read_text() if name == "read" else None
