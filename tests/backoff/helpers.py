"""Modules that hold a backoff helper and use it."""

from __future__ import annotations

from oailint.backoff import Helper


def module(helper: Helper, after: str = "", before: str = "") -> str:
    """A module with ``before``, the helper's imports, the helper, and ``after``."""
    parts = ["\n".join([*helper.imports, before]).rstrip("\n"), helper.body.rstrip("\n"), after.rstrip("\n")]
    return "\n\n\n".join(part for part in parts if part) + "\n"
