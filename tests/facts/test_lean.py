"""Workers, whose nodes are lean, give the same facts as a process with libcst's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from samples import sample

import oailint
from oailint import workers
from oailint.syntax.extract import extract

FILES = sorted(Path(oailint.__file__).parent.rglob("*.py"))


def test_facts_are_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "FEW_FILES", 0)
    texts = [path.read_text(encoding="utf-8") for path in FILES] + [text for _, text in sample(100)]
    texts += ["x = (", "f(a  # noqa: OAI101\n)\n", "x = [a for a in b if c for d in e]\r\n", "a\f; b \\\n = 1"]
    assert workers.extract_all(texts, 2) == [extract(text) for text in texts]


def test_most_classes_are_lean() -> None:
    program = """
import libcst as cst
from oailint.syntax.lean import lean
before = cst.parse_module("x = f(1, *a)\\n")
assert lean() > 150
after = cst.parse_module("x = f(1, *a)\\n")
assert after.deep_equals(before) and before.code == after.code
after.encoding = "ascii"  # not frozen
assert cst.Name(value="no name", lpar=[cst.LeftParen()]).value == "no name"  # not validated
assert cst.Call(func=cst.Name(value="f")).args == () and cst.Name._codegen is cst.Name._codegen_impl
assert cst.Comment._codegen is not cst.Comment._codegen_impl
"""
    subprocess.run([sys.executable, "-c", program], check=True)
