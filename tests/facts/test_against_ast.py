"""The facts of real files hold the same expressions and statements, at the same places, as ``ast`` finds."""

from __future__ import annotations

import ast
import warnings

import oracle
import pytest
import samples

from oailint import facts
from oailint.facts import FileFacts
from oailint.syntax.extract import extract
from oailint.syntax.lines import Lines


def readable(number: int) -> list[tuple[str, str, FileFacts]]:
    """Files that ``ast`` accepts, with their facts."""
    found = []
    for name, text in samples.sample(number):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                ast.parse(text)
            except (SyntaxError, ValueError):
                continue
        result = extract(text)
        # The parser has its own few gaps; they are reported, and this is not the place to judge them.
        if isinstance(result, FileFacts):
            found.append((name, text, result))
    return found


@pytest.fixture(scope="module")
def files() -> list[tuple[str, str, FileFacts]]:
    found = readable(100)
    assert len(found) > 90
    return found


@pytest.mark.filterwarnings("ignore")
def test_same_expressions_and_statements(files: list[tuple[str, str, FileFacts]]) -> None:
    compared = 0
    for name, text, result in files:
        spans, counts = oracle.found_by_ast(text)
        found, numbers = oracle.found_in_facts(result)
        assert dict(numbers) == dict(counts), name
        kinds = set(spans) | set(found)
        if oracle.has_f_string(text):
            kinds -= {"Call", "Attribute", "Comparison", "Subscript"}
        for kind in kinds:
            assert found[kind] == spans[kind], (name, kind)
            compared += len(spans[kind])
    assert compared > 10_000


@pytest.mark.filterwarnings("ignore")
def test_spans_cut_out_what_they_are_of(files: list[tuple[str, str, FileFacts]]) -> None:
    kinds = {
        facts.Call: ast.Call,
        facts.Comparison: ast.Compare,
        facts.Subscript: ast.Subscript,
        facts.Attribute: ast.Attribute,
    }
    for name, text, result in files[:60]:
        lines = Lines(text)
        for node in oracle.fact_nodes(result):
            expected = kinds.get(type(node))
            if expected is not None:
                source = cut(text, lines, node.span)
                assert isinstance(ast.parse(f"({source}\n)", mode="eval").body, expected), (name, source)


@pytest.mark.filterwarnings("ignore")
def test_spans_of_texts_cut_out_literals(files: list[tuple[str, str, FileFacts]]) -> None:
    texts = 0
    for name, text, result in files[:60]:
        lines = Lines(text)
        nodes = list(oracle.fact_nodes(result))
        parts = {id(part) for node in nodes if isinstance(node, facts.Format) for part in node.parts}
        for node in nodes:
            if isinstance(node, facts.Text) and id(node) not in parts:
                value = ast.literal_eval(f"({cut(text, lines, node.span)}\n)")
                value = value.decode("ascii") if isinstance(value, bytes) else value
                assert value.encode("utf-8", "backslashreplace").decode() == node.value, name
                texts += 1
    assert texts > 1000


def test_headers_are_lines_with_a_colon(files: list[tuple[str, str, FileFacts]]) -> None:
    starts = (
        "def ",
        "async ",
        "class ",
        "for ",
        "while ",
        "if ",
        "elif ",
        "else",
        "try",
        "except",
        "finally",
        "with ",
        "case ",
    )
    for name, text, result in files:
        lines = Lines(text)
        for scope in result.scopes[1:]:
            for region in scope.regions:
                if scope.kind == "lambda" or (isinstance(region, facts.For) and region.is_comprehension):
                    continue
                header = cut(text, lines, region.span)
                assert header.endswith(":"), (name, header)
                assert header.startswith(starts) or header.startswith(("if(", "while(", "except(")), (name, header)


def test_indexes_lead_somewhere(files: list[tuple[str, str, FileFacts]]) -> None:
    for name, _, result in files:
        for index, scope in enumerate(result.scopes):
            assert scope.parent < index
            if index:
                assert scope.parent_region < len(result.scopes[scope.parent].regions), name
            for number, region in enumerate(scope.regions):
                assert -1 <= region.parent < max(number, 1)
            for statement in scope.statements:
                assert statement.region < len(scope.regions)


def cut(text: str, lines: Lines, span: facts.Span) -> str:
    return text[lines.offset(span.line, span.column) : lines.offset(span.end_line, span.end_column)]
