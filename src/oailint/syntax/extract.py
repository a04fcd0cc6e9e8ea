"""From the text of a file to its facts."""

from __future__ import annotations

import gc
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from oailint.facts import Broken, FileFacts
from oailint.syntax import blocks, comments, guard, nodes
from oailint.syntax.expressions import HANDLERS
from oailint.syntax.places import read
from oailint.syntax.tokens import Tokens
from oailint.syntax.walk import Walk

_RECURSION_LIMIT = 20_000
"""Enough for what the guard lets through: libcst's code generator takes a few frames for each level."""


def extract(text: str, *, max_size: int | None = None) -> FileFacts | Broken:
    """The facts of the file that holds ``text``: decoded, without a byte order mark.

    A text that cannot be read, or is not to be read, gives a ``Broken`` that says why and where: nothing raises.
    ``max_size`` is the most characters that are read.
    """
    tokens = Tokens(text)
    broken = guard.check(text, max_size=max_size, tokens=tokens)
    if broken is not None:
        return broken
    try:
        with fast_and_deep():
            return _facts(text, tokens)
    except nodes.Refused as error:
        return guard.judge(text, line=error.line, column=error.column)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # A panic inside the parser is no Exception.
        return guard.unreadable(text, error)


def _facts(text: str, tokens: Tokens) -> FileFacts | Broken:
    module, places = read(text, tokens)
    walk = Walk(text, places, HANDLERS)
    blocks.body(walk, module.body)
    broken = guard.rejected(text, walk.doubts[0]) if walk.doubts else None
    if broken is not None:
        return broken
    found = comments.collect(text, places) if comments.are_likely(text) else ()
    return FileFacts(tuple([one.close() for one in walk.scopes]), found, tuple(sorted(walk.extents)))


@contextmanager
def fast_and_deep() -> Iterator[None]:
    """Without the garbage collector (trees have many nodes and no cycles), with a stack deep enough for nested code."""
    is_collecting = gc.isenabled()
    limit = sys.getrecursionlimit()
    gc.disable()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    try:
        with warnings.catch_warnings():
            # Evaluating "\d" warns; that is not for this tool to say.
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.setrecursionlimit(limit)
        if is_collecting:
            gc.enable()
