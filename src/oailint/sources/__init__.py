"""From paths to texts: which files belong to a run and to a project, and what is in them.

``walking`` finds files, ``ignores`` says which are left out, ``roots`` which project a file belongs to, ``reading``
turns bytes into text as Python would, and back. ``writing`` puts new content into files.
"""

from __future__ import annotations

from oailint.sources.reading import decode, encode, read, split_lines
from oailint.sources.roots import project_root
from oailint.sources.walking import Discovery, Walker, display

__all__ = ["Discovery", "Walker", "decode", "display", "encode", "project_root", "read", "split_lines"]
