"""Long lines with keys are shown at once, and keys in comments are not shown at all."""

from __future__ import annotations

import random
import string
from pathlib import Path
from typing import Any

from oailint.reporters import frame


def test_places_in_a_long_line_are_found_without_comparing_it_all(monkeypatch: Any) -> None:
    monkeypatch.setattr(frame.difflib, "SequenceMatcher", None)  # it would take minutes
    hidden = "k" * 5_000
    moved = frame._mapping(f"a = '{hidden}' + b", f"a = '{'*' * 5_000}' + b")
    assert [moved(index) for index in (0, 4, 5_006, 5_010)] == [0, 4, 5_006, 5_010]


def test_a_key_in_a_comment_to_the_linter_is_masked(run: Any) -> None:
    key = "sk-proj-" + "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=48))
    Path("a.py").write_text(f"x = 1  # oailint: ignore[{key}]\n", encoding="utf-8")
    Path("b.py").write_text(f"# coding: {key}\nx = 1\n", encoding="utf-8")
    for form in ("full", "concise", "json", "github"):
        result = run("--output-format", form, ".")
        assert key not in result.out + result.err
