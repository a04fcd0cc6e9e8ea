"""Nodes of libcst without what only those need who make or change trees: for processes that do nothing but extract.

The parser makes valid nodes and nobody changes them here, so that they need neither be validated nor frozen; and the
code generator, which is run for the places of nodes alone, need not announce each of them. This saves a fifth of an
extraction. It relies on how libcst's classes are made: one that is made in another way is left as it is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import libcst as cst

from oailint.syntax.offsets import ANNOUNCED

_MISSING = dataclasses.MISSING


def lean() -> int:
    """Change the classes of this process, for good; how many there were to change."""
    changed = 0
    for kind in list(vars(cst).values()):
        if not (isinstance(kind, type) and issubclass(kind, cst.CSTNode) and dataclasses.is_dataclass(kind)):
            continue
        initialiser = _initialiser(kind)
        if initialiser is not None:
            kind.__init__ = initialiser  # type: ignore[method-assign]
            for name in ("__setattr__", "__delattr__"):
                if name in vars(kind):
                    delattr(kind, name)
            changed += 1
        # A class with subclasses would change those that are announced, too.
        if kind not in ANNOUNCED and not kind.__subclasses__() and kind._codegen is cst.CSTNode._codegen:
            kind._codegen = kind._codegen_impl  # type: ignore[method-assign, assignment]
    return changed


def _initialiser(kind: type) -> Callable[..., None] | None:
    """An ``__init__`` that takes and sets the same as the class's own; None where that may do more."""
    if "__post_init__" in vars(kind) or not kind.__module__.startswith("libcst._nodes."):
        return None
    names: dict[str, Any] = {"missing": _MISSING}
    parameters, defaults, assignments = [], [], []
    for number, one in enumerate(dataclasses.fields(kind)):
        if not one.init:
            return None
        if one.default is not _MISSING:
            names[f"default{number}"] = one.default
            parameters.append(f"{one.name}=default{number}")
        elif one.default_factory is not _MISSING:
            names[f"make{number}"] = one.default_factory
            parameters.append(f"{one.name}=missing")
            defaults.append(f"    if {one.name} is missing: {one.name} = make{number}()")
        else:
            parameters.append(one.name)
        assignments.append(f"    self.{one.name} = {one.name}")
    head = f"def __init__({', '.join(['self', *parameters])}):"
    exec("\n".join([head, *defaults, *assignments, "    pass"]), names)
    initialiser: Callable[..., None] = names["__init__"]
    return initialiser
