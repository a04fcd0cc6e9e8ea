"""What is added at the top of a file: imports where it keeps them, statements and definitions below these."""

from __future__ import annotations

import itertools
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable

import libcst as cst
from msgspec import Struct

from oailint.syntax.verbs.splices import Group, Splice
from oailint.syntax.verbs.tree import Tree, children, render
from oailint.syntax.verbs.wanted import Wanted

_BLOCKS = ("def ", "class ", "async def ", "@")
_FUTURE, _STANDARD, _THIRD, _OWN, _RELATIVE = range(5)


class _Line(Struct, frozen=True):
    """A line of the module that imports and does nothing else."""

    node: cst.SimpleStatementLine
    statement: cst.Import | cst.ImportFrom
    start: int
    section: int
    key: tuple[int, str]


def added(
    tree: Tree, imports: Iterable[Wanted], statements: Iterable[str], body: str, first: int, own: Collection[str]
) -> Group:
    """The splices that add ``imports``, ``statements`` and the definitions ``body`` (``\\n`` as newline) to a file.

    ``first`` is the offset of what needs them; they stand before it. ``own`` are the top packages of the project.
    """
    return _Head(tree, first, own).added(sorted(imports), list(statements), body)


class _Head:
    def __init__(self, tree: Tree, first: int, own: Collection[str]) -> None:
        self._tree = tree
        self._own = own
        self._lines: list[_Line] = []
        self._start = 0
        """Where a first import goes."""
        self._is_after_text = False
        self._end = 0
        """Behind the last statement of the head."""
        self._read(first)
        self._is_flat = _is_flat(tree, self._lines)

    def _read(self, first: int) -> None:
        body = self._tree.module.body
        for index, node in enumerate(body):
            if isinstance(node, (cst.FunctionDef, cst.ClassDef)) or self._start_of(node) >= first:
                break
            end = self._end_of(node)
            if end > first:
                break
            if (index == 0 and _is_docstring(node)) or _is_future(node):
                self._start, self._is_after_text = self._tree.next_line(end), True
            statement = _import(node)
            if statement is not None and isinstance(node, cst.SimpleStatementLine):
                section, key = self._place(statement)
                self._lines.append(_Line(node, statement, self._start_of(node), section, key))
            if statement is not None or (isinstance(node, (cst.If, cst.Try)) and _imports_inside(node)):
                self._end = self._tree.next_line(end)
        if not self._start:
            self._start = self._top()
        self._end = max(self._end, self._start)

    def _start_of(self, node: cst.CSTNode) -> int:
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)) and node.decorators:
            node = node.decorators[0]
        return self._tree.inner(node)[0]

    def _end_of(self, node: cst.CSTNode) -> int:
        start, end = self._tree.inner(node)
        while end > start and self._tree.text[end - 1] in " \t\f\r\n":  # a block ends behind its last newline
            end -= 1
        return end

    def _top(self) -> int:
        """The line of the first statement, above comments that belong to it, below those that head the file."""
        tree = self._tree
        if not tree.module.body:
            return len(tree.text)
        start = tree.line_start(self._start_of(tree.module.body[0]))
        line = tree.lines.line(start)
        above = line
        while above > 1 and _line(tree, above - 1).lstrip().startswith("#"):
            above -= 1
        return start if above == 1 else tree.lines.starts[above - 1]

    def _place(self, statement: cst.Import | cst.ImportFrom) -> tuple[int, tuple[int, str]]:
        if isinstance(statement, cst.Import):
            return self._sorted(Wanted(render(statement.names[0].name)))
        module = "." * len(statement.relative) + (render(statement.module) if statement.module else "")
        return self._sorted(Wanted(module, "*"))

    def _sorted(self, one: Wanted) -> tuple[int, tuple[int, str]]:
        top = one.module.split(".")[0]
        key = (1 if one.name else 0, one.module.lower())
        if one.module.startswith("."):
            return _RELATIVE, key
        if top == "__future__":
            return _FUTURE, key
        if top in sys.stdlib_module_names:
            return _STANDARD, key
        return (_OWN if top in self._own else _THIRD), key

    # --- writing --------------------------------------------------------------------------------

    def added(self, imports: list[Wanted], statements: list[str], body: str) -> Group:
        splices: list[Splice] = []
        fresh: list[Wanted] = []
        joined: dict[int, list[Wanted]] = defaultdict(list)
        for one in imports:
            at = next((at for at, line in enumerate(self._lines) if _takes(line, one)), None)
            if at is None:
                fresh.append(one)
            else:
                joined[at].append(one)
        for at, wanted in joined.items():
            splices += self._joined(self._lines[at].statement, wanted)
        pieces: dict[int, str] = defaultdict(str)
        lines: dict[tuple[int, str, str, int], list[str]] = defaultdict(list)
        first: list[Wanted] = []
        statements_of = _statements(fresh)
        for one in sorted(statements_of, key=self._sorted):
            if any(line.section != _FUTURE for line in self._lines):
                lines[self._where(one)].append(statements_of[one] + "\n")
            else:
                first.append(one)
        for (offset, lead, tail, _), texts in lines.items():
            pieces[offset] += lead + "".join(texts) + tail
        opening = self._opening({one: statements_of[one] for one in first})
        below = opening + self._below(statements, body, bool(self._lines) or bool(first))
        if below:
            offset = self._end if not first else self._start
            pieces[offset] += below + self._gap(offset, bool(first), bool(statements), bool(body))
        splices += [self._inserted(offset, text) for offset, text in pieces.items()]
        return tuple(sorted(splices, key=lambda one: one.start))

    def _inserted(self, offset: int, text: str) -> Splice:
        newline = self._tree.newline
        text = text.replace("\n", newline)
        if offset and self._tree.text[offset - 1] not in "\r\n":  # the file ends without a newline
            return Splice(offset, offset, newline + text.removesuffix(newline))
        return Splice(offset, offset, text)

    def _where(self, one: Wanted) -> tuple[int, str, str, int]:
        """Where a new import goes among those that are there, and what goes before and behind it and its like; and
        its section."""
        section, key = self._sorted(one)
        same = [line for line in self._lines if line.section == section]
        lower = [line for line in self._lines if line.section < section]
        before = [line for line in same if line.key <= key]
        if before:
            return self._after(before[-1]), "", "", section
        if same:
            return self._tree.line_start(same[0].start), "", "", section
        gap = "" if self._is_flat else "\n"
        if lower:
            return self._after(lower[-1]), gap, "", section
        return self._tree.line_start(self._lines[0].start), "", gap, section

    def _after(self, line: _Line) -> int:
        return self._tree.next_line(self._tree.inner(line.node)[1])

    def _opening(self, imports: dict[Wanted, str]) -> str:
        """The first imports of a file, with their statements, in sections."""
        text = "\n" if imports and self._is_after_text else ""
        section = None
        for one, statement in imports.items():
            own = self._sorted(one)[0]
            text += "\n" if section not in (None, own) else ""
            section = own
            text += statement + "\n"
        return text

    def _below(self, statements: list[str], body: str, has_imports: bool) -> str:
        text = ""
        if statements:
            text = ("\n" if has_imports else "") + "".join(f"{one}\n" for one in statements)
        if body:
            body = indented(body.strip("\n") + "\n", self._tree.indent)
            gap = "\n\n" if body.startswith(_BLOCKS) else "\n"  # as isort has it
            text += (gap if has_imports or statements or self._end else "") + body
        return text

    def _gap(self, offset: int, is_first: bool, has_statements: bool, has_body: bool) -> str:
        """The empty lines that are missing between what is added and what follows it."""
        rest = self._tree.text[offset:]
        if not rest.strip():
            return ""
        tree, line, empty = self._tree, self._tree.lines.line(offset), 0
        while line + empty <= len(tree.lines.starts) and not _line(tree, line + empty).strip():
            empty += 1
        following = rest.lstrip()
        is_block = following.startswith(_BLOCKS)
        wanted = 2 if has_body or (is_block and (is_first or has_statements)) else 1
        return "\n" * max(0, wanted - empty)

    def _joined(self, node: cst.Import | cst.ImportFrom, wanted: list[Wanted]) -> list[Splice]:
        """Names put into a ``from`` import, in order, in the layout that it has."""
        assert isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar)
        tree, aliases = self._tree, list(node.names)
        texts: dict[int, str] = defaultdict(str)
        for one in sorted(wanted, key=lambda one: _order(one.name)):
            entry = one.name + (f" as {one.alias}" if one.alias else "")
            earlier = [at for at, alias in enumerate(aliases) if _order(render(alias.name)) <= _order(one.name)]
            start, end = tree.inner(aliases[earlier[-1] if earlier else 0])
            starts_line = not tree.text[tree.line_start(start) : start].strip() and node.lpar is not None
            gap = tree.newline + tree.margin(start) if starts_line else " "
            if earlier:
                texts[end] += f",{gap}{entry}"
            else:
                texts[start] += f"{entry},{gap}"
        return [Splice(offset, offset, text) for offset, text in texts.items()]


def _statements(imports: Iterable[Wanted]) -> dict[Wanted, str]:
    """The statements that make ``imports``, by one import of each: names from one module stand together."""
    together: dict[tuple[str, ...], list[Wanted]] = defaultdict(list)
    for one in imports:
        together[(one.module,) if one.name else (one.module, one.alias)].append(one)
    found = {}
    for group in together.values():
        group.sort(key=lambda one: _order(one.name))
        entries = [one.statement.partition(" import ")[2] for one in group]
        first = group[0].statement
        found[group[0]] = f"from {group[0].module} import {', '.join(entries)}" if group[0].name else first
    return found


def _takes(line: _Line, one: Wanted) -> bool:
    """Whether ``one`` can be put into a statement that is there."""
    statement = line.statement
    if not one.name or not isinstance(statement, cst.ImportFrom) or isinstance(statement.names, cst.ImportStar):
        return False
    module = "." * len(statement.relative) + (render(statement.module) if statement.module else "")
    return module == one.module


def _order(name: str) -> tuple[int, str]:
    """Constants, classes, functions: as isort and ruff put them."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def indented(body: str, unit: str) -> str:
    """``body``, which is indented by four spaces, with ``unit`` for each four."""

    def line(text: str) -> str:
        content = text.lstrip(" ")
        return unit * ((len(text) - len(content)) // 4) + content

    return "\n".join(map(line, body.split("\n")))


def _line(tree: Tree, number: int) -> str:
    start = tree.lines.starts[number - 1]
    return tree.text[start : tree.line_end(start)]


def _import(node: cst.CSTNode) -> cst.Import | cst.ImportFrom | None:
    """The first import of a line that only imports."""
    if isinstance(node, cst.SimpleStatementLine):
        statement = node.body[0]
        others = all(isinstance(one, (cst.Import, cst.ImportFrom)) for one in node.body[1:])
        if isinstance(statement, (cst.Import, cst.ImportFrom)) and others:
            return statement
    return None


def _is_future(node: cst.CSTNode) -> bool:
    statement = _import(node)
    return isinstance(statement, cst.ImportFrom) and bool(statement.module) and render_module(statement) == "__future__"


def render_module(statement: cst.ImportFrom) -> str:
    """The module that a ``from`` import names, without its dots."""
    return render(statement.module) if statement.module is not None else ""


def _is_docstring(node: cst.CSTNode) -> bool:
    if not isinstance(node, cst.SimpleStatementLine) or not isinstance(node.body[0], cst.Expr):
        return False
    return isinstance(node.body[0].value, (cst.SimpleString, cst.ConcatenatedString))


def _imports_inside(node: cst.CSTNode) -> bool:
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, (cst.Import, cst.ImportFrom)):
            return True
        if not isinstance(one, (cst.FunctionDef, cst.ClassDef, cst.BaseExpression)):
            pending.extend(children(one))
    return False


def _is_flat(tree: Tree, lines: list[_Line]) -> bool:
    """Whether the imports of a file are of several kinds with no empty line between."""
    pairs = [(one, other) for one, other in itertools.pairwise(lines) if one.section != other.section]
    return bool(pairs) and not any(
        "\n\n" in tree.text[one.start : other.start].replace("\r\n", "\n").replace("\r", "\n") for one, other in pairs
    )


def assignment(tree: Tree, name: str) -> tuple[int, int] | None:
    """The place of the value in a statement ``name = value`` of the module, if there is one."""
    for node in tree.module.body:
        if not isinstance(node, cst.SimpleStatementLine):
            continue
        for one in node.body:
            if isinstance(one, cst.Assign) and len(one.targets) == 1 and render(one.targets[0].target) == name:
                return tree.outer(one.value)
    return None
