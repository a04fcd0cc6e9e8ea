"""Kinds of nodes that not every supported version of libcst has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import libcst as cst
else:
    from oailint.syntax import nodes as cst

Kinds = tuple[type[Any], ...]


def _those_of(*names: str) -> Kinds:
    return tuple([getattr(cst, name) for name in names if hasattr(cst, name)])


TEMPLATED_STRINGS = _those_of("TemplatedString")
FORMATTED_STRINGS: Kinds = (cst.FormattedString, *TEMPLATED_STRINGS)
"""f-strings and t-strings."""
FORMATTED_TEXTS: Kinds = (cst.FormattedStringText, *_those_of("TemplatedStringText"))
FORMATTED_EXPRESSIONS: Kinds = (cst.FormattedStringExpression, *_those_of("TemplatedStringExpression"))
STARRED_DICT_COMPREHENSIONS = _those_of("StarredDictComp")
"""``{**a for a in b}``"""
