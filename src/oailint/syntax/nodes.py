"""Nodes as libcst's parser makes them, of classes that cost little to make: for reading, not for changing.

libcst's native parser calls the classes that it finds in the module ``libcst`` with the fields of each node. It is
given this module for the time of the call. Its classes have the names and the fields of libcst's own, but are made in
C, neither validated nor frozen, and know nothing about code generation. A field that the parser leaves out is None, be
it a ``MaybeSentinel`` or a piece of whitespace in libcst.
"""

from __future__ import annotations

import dataclasses
import sys
import threading
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

import libcst
import msgspec

if TYPE_CHECKING:
    from libcst import Module

_LOCK = threading.Lock()

KINDS: dict[str, type[Any]] = {}
"""The classes by their names."""


def is_safe() -> bool:
    """Whether nobody else can come upon this module in the place of libcst: a program that uses oailint as a library
    may have threads of its own."""
    return threading.active_count() == 1


def parse(text: str, cuts: Sequence[int] = ()) -> Module:
    """The module that ``text`` holds, of the classes of this module. Raises what ``libcst.parse_module`` raises.

    ``cuts`` are offsets between statements of the module, as far as one knows: the parser is faster on short texts.
    No other thread may import libcst meanwhile, see ``is_safe``; others may call this.
    """
    if cuts:
        try:
            modules = [_parse(text[start:end]) for start, end in pairwise([0, *cuts, len(text)])]
        except libcst.ParserSyntaxError:
            pass  # It says where, which is to be a place in the whole text.
        else:
            module = modules[0]
            module.body = tuple(chain.from_iterable([one.body for one in modules]))  # type: ignore[misc]
            return module
    return _parse(text)


def _parse(text: str) -> Module:
    from libcst import native  # type: ignore[attr-defined]

    with _LOCK:
        sys.modules["libcst"] = sys.modules[__name__]
        try:
            module: Module = native.parse_module(text, "utf-8")
        finally:
            sys.modules["libcst"] = libcst
    return module


def copied(node: Any, copies: dict[int, Any]) -> Any:
    """``node``, of libcst's own classes, as a node of those of this module.

    ``copies`` gets the copy of each node, by the ``id`` of the original.
    """
    if isinstance(node, (list, tuple)):
        return tuple([copied(one, copies) for one in node])
    if not isinstance(node, libcst.CSTNode):
        return None if isinstance(node, libcst.MaybeSentinel) else node
    fields = {one.name: copied(getattr(node, one.name), copies) for one in dataclasses.fields(node)}
    copies[id(node)] = copy = KINDS[type(node).__name__](**fields)
    return copy


def _kind(original: type[Any]) -> type[Any]:
    fields = [(one.name, Any, _default(one)) for one in dataclasses.fields(original)]
    return msgspec.defstruct(original.__name__, fields, module=__name__, kw_only=True, gc=False, eq=False)


def _default(field: dataclasses.Field[Any]) -> Any:
    is_known = field.default is not dataclasses.MISSING and not isinstance(field.default, libcst.MaybeSentinel)
    # An empty sequence may be shared, as nobody changes it.
    return field.default if is_known else None


for _one in list(vars(libcst).values()):
    if isinstance(_one, type) and issubclass(_one, libcst.CSTNode) and dataclasses.is_dataclass(_one):
        KINDS[_one.__name__] = _kind(_one)
globals().update(KINDS)


def __getattr__(name: str) -> Any:
    return getattr(libcst, name)
