"""From paths to texts: which files belong to a run and to a project, and what is in them.

``walking`` finds files, ``ignores`` says which are left out, ``roots`` which project a file belongs to, ``reading``
turns bytes into text as Python would.
"""

from __future__ import annotations

from oailint.sources.reading import decode, read, split_lines
from oailint.sources.roots import project_root
from oailint.sources.walking import Discovery, Walker, display

__all__ = ["Discovery", "Walker", "decode", "display", "project_root", "read", "split_lines"]
