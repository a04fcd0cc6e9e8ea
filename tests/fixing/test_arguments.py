"""Arguments set and taken away, in the layout that a call has."""

from __future__ import annotations

import pytest
from drafts import changed

from oailint.findings import DropArgument, SetArgument


def set_argument(marked: str) -> str:
    return changed(marked, lambda call: SetArgument(call, "n", "0"))


def drop_argument(marked: str) -> str:
    return changed(marked, lambda call: DropArgument(call, "n"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«f()»\n", "f(n=0)\n"),
        ("«f(  )»\n", "f(n=0)\n"),
        ("«f(a)»\n", "f(a, n=0)\n"),
        ("«f(a,)»\n", "f(a, n=0,)\n"),
        ("«f(a, n = 3)»\n", "f(a, n = 0)\n"),
        ("«f(n=(3), b=1)»\n", "f(n=0, b=1)\n"),
        ("«f(n=0)»\n", "refused: the code is already as the fix would make it"),
        ("«f(*a)»\n", "f(*a, n=0)\n"),
        ("«f(**k)»\n", "f(n=0, **k)\n"),
        ("«f(a, **k)»\n", "f(a, n=0, **k)\n"),
        ("«f(a, **k, **l)»\n", "f(a, n=0, **k, **l)\n"),
        ("«f(\n    a,\n    b=1,\n)»\n", "f(\n    a,\n    b=1,\n    n=0,\n)\n"),
        ("«f(\n    a,\n    b=1\n)»\n", "f(\n    a,\n    b=1,\n    n=0\n)\n"),
        ("«f(\n\ta,\n\tb=1,  # why\n)»\n", "f(\n\ta,\n\tb=1,  # why\n\tn=0,\n)\n"),
        ("«f(\n    b=1  # why, (\n)»\n", "f(\n    b=1,  # why, (\n    n=0\n)\n"),
        ("«f(\n    a,  # ,\n    **k,\n)»\n", "f(\n    a,  # ,\n    n=0,\n    **k,\n)\n"),
        ("«f(\n    **k,\n)»\n", "f(\n    n=0,\n    **k,\n)\n"),
        ("«f(a,\n  b)»\n", "f(a,\n  b,\n  n=0)\n"),
        ("«f(\r\n    a,\r\n)»\r\n", "f(\r\n    a,\r\n    n=0,\r\n)\r\n"),
        ("«f(g(x)\n  , # c,\n)»\n", "f(g(x)\n  , n=0, # c,\n)\n"),
        ("«f(  # nothing\n)»\n", "f(  # nothing\nn=0)\n"),
        ("x = «f(a)».g\n", "x = f(a, n=0).g\n"),
        ("«f(x for x in y)»\n", "refused: the call's only argument is a generator without parentheses of its own"),
        ("«f(n=(1 # why\n))»\n", "refused: a comment inside would be lost"),
        ("«f»(a)\n", "refused: no call stands at this place"),
    ],
)
def test_set(before: str, after: str) -> None:
    assert set_argument(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«f(n=0)»\n", "f()\n"),
        ("«f(n=0,)»\n", "f()\n"),
        ("«f(a, n=0)»\n", "f(a)\n"),
        ("«f(a, n=0,)»\n", "f(a,)\n"),
        ("«f(a, n=0, b=1)»\n", "f(a, b=1)\n"),
        ("«f(n=0, **k)»\n", "f(**k)\n"),
        ("«f(a, n=(0) )»\n", "f(a )\n"),
        ("«f(\n    a,\n    n=0,\n    b=1,\n)»\n", "f(\n    a,\n    b=1,\n)\n"),
        ("«f(\n    a,\n    n=0,\n)»\n", "f(\n    a,\n)\n"),
        ("«f(\n    a,\n    n=0\n)»\n", "f(\n    a\n)\n"),
        ("«f(\n    n=g(\n        1,\n    ),\n    b=1,\n)»\n", "f(\n    b=1,\n)\n"),
        ("«f(a)»\n", "refused: the code is already as the fix would make it"),
        ("«f(\n    a,\n    n=0,  # why\n)»\n", "refused: a comment inside would be lost"),
    ],
)
def test_drop(before: str, after: str) -> None:
    assert drop_argument(before) == after
