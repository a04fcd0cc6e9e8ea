"""Nodes as libcst's parser makes them, of classes that cost little to make: for reading, not for changing.

libcst's native parser calls the classes that it finds in the module ``libcst`` with the fields of each node. It is
given this module for the time of the call. Its classes have the names and the fields of libcst's own, but are made in
C, neither validated nor frozen, and know nothing about code generation. A field that the parser leaves out is None, be
it a ``MaybeSentinel`` or a piece of whitespace in libcst.

The parser is loaded without the rest of libcst, which is in Python and takes longer to import than most files take to
be read, and 10 MB in each process.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from oailint.syntax.shapes import FIELDS

if TYPE_CHECKING:
    from libcst import Module

_LOCK = threading.Lock()

KINDS: dict[str, type[Any]] = {}
"""The classes by their names."""


class Refused(Exception):
    """A text that the parser does not take, and where: both start at 1, and tabs count as editors show them."""

    def __init__(self, line: int, column: int) -> None:
        super().__init__(line, column)
        self.line = line
        self.column = column


def ParserSyntaxError(message: str, *, lines: Sequence[str], raw_line: int, raw_column: int) -> Refused:
    """What the parser raises is made by this, in the place of a class of libcst."""
    before = lines[raw_line - 1][:raw_column] if raw_line <= len(lines) else ""
    return Refused(raw_line, len(before.expandtabs()) + 1)


def is_safe() -> bool:
    """Whether nobody else can come upon this module in the place of libcst: a program that uses oailint as a library
    may have threads of its own."""
    return threading.active_count() == 1


def parse(text: str, cuts: Sequence[int] = ()) -> Module:
    """The module that ``text`` holds, of the classes of this module.

    ``cuts`` are offsets between statements of the module, as far as one knows: the parser is faster on short texts.
    No other thread may import libcst meanwhile, see ``is_safe``; others may call this. Raises Refused, and
    TypeError where the parser knows fields that are not in the table.
    """
    if cuts:
        try:
            modules = [_parse(text[start:end]) for start, end in pairwise([0, *cuts, len(text)])]
        except Refused:
            pass  # It says where, which is to be a place in the whole text.
        else:
            module = modules[0]
            module.body = tuple(chain.from_iterable([one.body for one in modules]))  # type: ignore[misc]
            return module
    return _parse(text)


def _parse(text: str) -> Module:
    with _LOCK:
        parser = _parser()
        libcst = sys.modules.get("libcst")
        sys.modules["libcst"] = sys.modules[__name__]
        try:
            module: Module = parser.parse_module(text, "utf-8")
        finally:
            if libcst is not None:
                sys.modules["libcst"] = libcst
            else:
                del sys.modules["libcst"]
    return module


_parsers: list[Any] = []


def _parser() -> Any:
    """The extension module of libcst: the one that it uses if it is imported, else one that nobody else knows."""
    if not _parsers:
        _parsers.append(sys.modules.get("libcst.native") or _loaded() or import_module("libcst.native"))
    return _parsers[0]


def _loaded() -> Any:
    """The extension module of libcst, loaded from its file; None if that is not where one expects it."""
    spec = find_spec("libcst")
    for folder in (spec.submodule_search_locations if spec is not None else None) or ():
        for suffix in EXTENSION_SUFFIXES:
            path = os.path.join(folder, f"native{suffix}")
            own = spec_from_file_location("libcst.native", path) if os.path.isfile(path) else None
            if own is not None and own.loader is not None:
                module = module_from_spec(own)
                own.loader.exec_module(module)
                return module
    return None


def copied(node: Any, copies: dict[int, Any]) -> Any:
    """``node``, of libcst's own classes, as a node of those of this module.

    ``copies`` gets the copy of each node, by the ``id`` of the original.
    """
    import libcst

    if isinstance(node, (list, tuple)):
        return tuple([copied(one, copies) for one in node])
    if not isinstance(node, libcst.CSTNode):
        return None if isinstance(node, libcst.MaybeSentinel) else node
    name = type(node).__name__
    kind = KINDS.get(name)
    if kind is None:  # libcst is newer than the table
        kind = KINDS[name] = _kind(name, [field.name for field in dataclasses.fields(node)])
    fields = {field: copied(getattr(node, field, None), copies) for field in kind.__struct_fields__}
    copies[id(node)] = copy = kind(**fields)
    return copy


def _kind(name: str, fields: Sequence[str]) -> type[Any]:
    # An empty sequence may be shared, as nobody changes it.
    defaults = [(field.rstrip("*"), Any, () if field.endswith("*") else None) for field in fields]
    return msgspec.defstruct(name, defaults, module=__name__, kw_only=True, gc=False, eq=False)


KINDS.update({name: _kind(name, fields.split()) for name, fields in FIELDS.items()})
globals().update(KINDS)


class _Unlisted:
    """A node of a kind that is not in the table: it has no place, which others notice."""

    def __init__(self, **fields: Any) -> None:
        del fields


def __getattr__(name: str) -> Any:
    if not name[:1].isupper():
        raise AttributeError(name)
    return _Unlisted  # the parser, of a newer libcst, cannot do without
