"""Texts of a report as formats for other programs take them."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from urllib.parse import quote

from oailint.findings import Finding
from oailint.masking import mask_line
from oailint.reporters.context import printable


@functools.lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """``text`` with keys masked, and with control characters and lone surrogates as visible escapes."""
    return printable(mask_line(text))


def reference(path: str) -> str:
    """``path`` as a URI reference: relative as it is, or a ``file:`` URI; percent-encoded byte by byte."""
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # not the name of a file, but given as one
        data = path.encode("utf-8", "surrogatepass")
    if not os.path.isabs(path):
        return quote(data, safe="/")
    encoded = quote(data, safe="/:")
    return f"file://{'' if encoded.startswith('/') else '/'}{encoded}"


def worst(findings: Sequence[Finding], limit: int) -> list[Finding]:
    """At most ``limit`` of ``findings``, the most severe, in the order that they have."""
    if len(findings) <= limit:
        return list(findings)
    ranked = sorted(range(len(findings)), key=lambda index: -findings[index].severity)
    return [findings[index] for index in sorted(ranked[:limit])]
