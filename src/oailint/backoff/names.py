"""Names that a file has already: what the helper calls itself and what it imports instead."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator, Mapping


def choose(
    defined: Iterable[str], imported: Iterable[str], used: Collection[str], taken: frozenset[str]
) -> dict[str, str]:
    """What to write instead of each name that ``taken`` has: of the helper, of its imports, of built-in functions.

    ``used`` are all names in the helper; no new name is one of them. Built-in functions are taken from the module
    ``builtins``, which ``imported`` must hold then.
    """
    avoid = {*taken, *used}
    chosen = {name: _free(name, avoid) for name in sorted(taken.intersection(defined))}
    chosen |= {name: _free(f"_{name}", avoid) for name in sorted(taken.intersection(imported))}
    module = chosen.get("builtins", "builtins")
    return chosen | {name: f"{module}.{name}" for name in hidden_builtins(used, taken) - set(chosen)}


def hidden_builtins(used: Collection[str], taken: frozenset[str]) -> set[str]:
    """Built-in functions that the helper uses, under names that ``taken`` has."""
    return {name for name in used if name in taken and hasattr(builtins, name)}


def _free(name: str, avoid: set[str]) -> str:
    candidate, number = name, 2
    while candidate in avoid:
        candidate, number = f"{name}_{number}", number + 1
    avoid.add(candidate)
    return candidate


def rename(text: str, chosen: Mapping[str, str]) -> str:
    """``text``, which is ASCII, with names replaced where they are defined and used."""
    lines = text.splitlines(keepends=True)
    for row, column, name in sorted(_places(ast.parse(text)), reverse=True):
        if name in chosen:
            line = lines[row - 1]
            # A definition is told by its first word; type variables repeat their name as a string.
            at = line.index(name, column)
            lines[row - 1] = line[:at] + chosen[name] + line[at + len(name) :]
    return "".join(lines)


def _places(tree: ast.Module) -> Iterator[tuple[int, int, str]]:
    variables = {name.id for node in tree.body if isinstance(node, ast.Assign) for name in _stored(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.lineno, node.col_offset, node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.col_offset + len("def "), node.name
        elif isinstance(node, ast.Constant) and node.value in variables:
            yield node.lineno, node.col_offset, str(node.value)


def _stored(node: ast.Assign) -> Iterator[ast.Name]:
    return (target for target in node.targets if isinstance(target, ast.Name))
