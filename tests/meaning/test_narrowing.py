"""Typed tests made small by what their handler knows, compared with the whole ones on the errors that come there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest
from test_typed_verdicts import errors

from oailint import knowledge
from oailint.rules.narrowing import coming, narrowed
from oailint.rules.typed_tests import Joined, Tree, Typed, classes_of, written

openai = pytest.importorskip("openai", minversion="3.38")

HANDLERS: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    ((), ()),
    ((), ("openai.RateLimitError",)),
    ((), ("openai.APIConnectionError", "openai.BadRequestError")),
    (("openai.OpenAIError",), ("openai.APITimeoutError",)),
    (("openai.APIError",), ()),
    (("openai.APIStatusError",), ("openai.RateLimitError", "openai.NotFoundError")),
    (("openai.RateLimitError",), ()),
    (("openai.InternalServerError",), ()),
    (("openai.RateLimitError", "openai.BadRequestError"), ()),
    (("openai.APIConnectionError",), ("openai.APITimeoutError",)),
    (("openai.APIConnectionError",), ()),
]
"""What a handler catches (nothing: all exceptions), and what those before it take."""


def trees() -> Iterator[Tree]:
    rows = {(row.classes, row.excluded, row.attributes): row.values for row in knowledge.errors().fragments}
    tests = [Typed(*row, values) for row, values in sorted(rows.items()) if row[0]]
    for one in tests:
        yield one
        yield Joined("not", (one,))
    for first, second in combinations(tests, 2):
        for operator in ("or", "and"):
            yield Joined(operator, (first, second))
            yield Joined(operator, (first, Joined("not", (second,))))
            yield Joined(operator, (Joined("not", (first,)), second))


def asking(tree: Tree) -> Callable[[Any], bool]:
    """The test as a function of the error."""
    names = classes_of(tree)
    found: Callable[[Any], bool] = eval(f"lambda e: {written(tree, 'e', names).format(*names)}", {"openai": openai})
    return found


@pytest.mark.parametrize(("caught", "taken"), HANDLERS)
def test_the_small_test_gives_the_same_verdict(caught: tuple[str, ...], taken: tuple[str, ...]) -> None:
    def is_one(error: Any, names: tuple[str, ...]) -> bool:
        return isinstance(error, tuple(getattr(openai, name.rpartition(".")[2]) for name in names))

    found = [error for _, error in errors().values()]
    if not caught:
        found += [ValueError("429"), TimeoutError()]
    come = [error for error in found if (not caught or is_one(error, caught)) and not is_one(error, taken)]
    assert come
    constant = shorter = 0
    for tree in trees():
        small = narrowed(tree, coming("v1", caught, taken))
        if isinstance(small, bool):
            constant += 1
            assert set(map(asking(tree), come)) == {small}, tree
            continue
        shorter += small != tree
        assert list(map(asking(tree), come)) == list(map(asking(small), come)), (tree, small)
    assert constant
    assert shorter
