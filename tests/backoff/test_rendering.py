"""The text of the backoff helper: complete, minimal, formatted, and free of collisions."""

from __future__ import annotations

import ast
import builtins
import itertools
import subprocess
import symtable
import sys

import pytest
from helpers import module

import oailint
from oailint.backoff import APIS, FORMS, Helper, render, render_limiter
from oailint.backoff.parts import load

KINDS = (
    {"sync": True, "asynchronous": True},
    {"sync": True, "asynchronous": False},
    {"sync": False, "asynchronous": True},
)
every_helper = pytest.mark.parametrize(
    ("form", "api", "kinds"), list(itertools.product(FORMS, APIS, KINDS)), ids=lambda value: str(value)[:40]
)


def bound(helper: Helper) -> set[str]:
    """The names that a module has after the helper was put into it."""
    table = symtable.symtable(module(helper), "helper", "exec")
    return {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}


def unresolved(helper: Helper) -> set[str]:
    """Names that the helper uses and nobody defines."""

    def globals_of(table: symtable.SymbolTable) -> set[str]:
        own = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced()}
        return own.union(*(globals_of(child) for child in table.get_children()))

    return globals_of(symtable.symtable(module(helper), "helper", "exec")) - bound(helper) - set(dir(builtins))


def ruff(*arguments: str, text: str) -> str:
    command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "--stdin-filename", "helper.py", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


@every_helper
def test_is_whole_and_has_nothing_to_spare(form: str, api: str, kinds: dict[str, bool]) -> None:
    helper = render(form, api=api, **kinds)
    assert unresolved(helper) == set()
    assert ruff("check", "--select=E,F,I,B,SIM,RET,C4", "--ignore=I001", text=module(helper)) == ""
    expected = {"sync": "with_backoff", "async": "with_backoff_async"}
    assert helper.names == {
        kind: expected[kind] for kind in expected if kinds["sync" if kind == "sync" else "asynchronous"]
    }
    assert {name for name in bound(helper) if not name.startswith("_")} >= set(helper.names.values())
    assert not {"with_backoff", "with_backoff_async"} - set(helper.names.values()) & bound(helper)
    assert helper.body.endswith("\n") and not helper.body.endswith("\n\n") and "\r" not in helper.body


@every_helper
@pytest.mark.parametrize("width", [88, 120])
def test_is_formatted_at_any_usual_width(form: str, api: str, kinds: dict[str, bool], width: int) -> None:
    text = module(render(form, api=api, **kinds))
    assert ruff("format", "--diff", f"--line-length={width}", text=text) == ""


@pytest.mark.parametrize(("form", "api"), list(itertools.product(FORMS, APIS)))
def test_imports_are_sorted(form: str, api: str) -> None:
    lines = render(form, sync=True, asynchronous=True, api=api).imports
    # The blank line between the sections is for the file to have.
    sections = [
        list(group) for _, group in itertools.groupby(lines, lambda line: line.split()[1].split(".")[0] in STDLIB)
    ]
    text = "\n\n".join("\n".join(section) for section in sections) + "\n"
    assert ruff("check", "--select=I", text=text) == ""
    assert len(sections) == 2


STDLIB = sys.stdlib_module_names


@pytest.mark.parametrize(("form", "api"), list(itertools.product(FORMS, APIS)))
def test_names_that_are_taken(form: str, api: str) -> None:
    plain = render(form, sync=True, asynchronous=True, api=api)
    used = {node.id for node in ast.walk(ast.parse(plain.body)) if isinstance(node, ast.Name)}
    taken = frozenset(bound(plain) | (used & set(dir(builtins))) | {"builtins", "_random", "with_backoff_2"})
    helper = render(form, sync=True, asynchronous=True, api=api, taken=taken)
    assert helper.names == {"sync": "with_backoff_3", "async": "with_backoff_async_2"}
    assert bound(helper) & taken == set()
    assert unresolved(helper) == set()
    occupied = "\n".join(f"{name} = None" for name in sorted(taken))
    compile(module(helper), "helper", "exec")
    if api == "v1":
        namespace: dict[str, object] = {}
        exec(f"{occupied}\n{module(helper)}", namespace)
        decorate = namespace["with_backoff_3"]
        assert callable(decorate) and decorate(len)([1, 2]) == 2


@pytest.mark.parametrize(("form", "api"), list(itertools.product(FORMS, APIS)))
def test_no_local_name_looks_like_a_global_one(form: str, api: str) -> None:
    """Renaming goes by the spelling; a parameter that is spelled like a definition or an import would break it."""
    template = load(form, api)
    text = "".join(definition.text for definition in template.definitions)
    tree = ast.parse(text)
    local = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    local |= {name.id for node in tree.body if isinstance(node, ast.FunctionDef) for name in stored(node)}
    everything = {name for definition in template.definitions for name in definition.defines}
    everything |= {statement.bound for statement in template.imports}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert local & (everything | (used & set(dir(builtins)))) == set()


def stored(node: ast.AST) -> list[ast.Name]:
    return [name for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)]


@pytest.mark.parametrize("form", FORMS)
def test_runs_on_old_versions(form: str) -> None:
    """The syntax of Python 3.8; and no annotation that 3.8 cannot evaluate."""
    for api in APIS:
        text = module(render(form, sync=True, asynchronous=True, api=api))
        tree = ast.parse(text, feature_version=(3, 8))
        annotations = [node.returns for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        assert not any(isinstance(part, ast.BinOp) for note in annotations if note for part in ast.walk(note))
        assert "collections.abc" not in text
        assert not any(
            isinstance(node, ast.Subscript) and name_of(node.value) in {"list", "dict", "tuple"}
            for node in ast.walk(tree)
        )


def name_of(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def test_what_is_not_there() -> None:
    for form, api, sync in [("redo", "v1", True), ("stdlib", "v2", True), ("stdlib", "v1", False)]:
        with pytest.raises(ValueError, match="no such helper"):
            render(form, sync=sync, asynchronous=False, api=api)


@pytest.mark.parametrize(("form", "api"), list(itertools.product(FORMS, APIS)))
def test_passes_the_rules(form: str, api: str) -> None:
    text = module(render(form, sync=True, asynchronous=True, api=api))
    assert oailint.check_source(text).findings == []


def test_the_helper_that_limits() -> None:
    helper = render_limiter()
    assert unresolved(helper) == set() and helper.names == {"limited": "limited"}
    text = module(helper)
    assert ruff("check", "--select=E,F,I,B,SIM,RET,C4", "--ignore=I001", text=text) == ""
    assert ruff("format", "--diff", "--line-length=88", text=text) == ""
    ast.parse(text, feature_version=(3, 8))
    taken = frozenset(bound(helper) | {"limited_2", "_asyncio"})
    renamed = render_limiter(taken)
    assert renamed.names == {"limited": "limited_3"}
    assert bound(renamed) & taken == set() and unresolved(renamed) == set()
    assert set(bound(helper)).isdisjoint(
        name for form in FORMS for definition in load(form, "v1").definitions for name in definition.defines
    )
