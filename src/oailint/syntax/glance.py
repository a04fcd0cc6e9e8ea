"""Whether a file can be read at all, for one whose facts are not wanted."""

from __future__ import annotations

import symtable
import warnings

from oailint.facts import PASSED_OVER, Broken, FileFacts
from oailint.syntax import guard


def glance(text: str) -> FileFacts | Broken:
    """No facts at all of a text that can be read; else the ``Broken`` that ``extract`` gives.

    CPython's parser and its symbol tables cost a twentieth of libcst. What they refuse libcst may take, so it is asked.
    """
    if guard.check(text) is None and _is_python(text):
        return PASSED_OVER
    from oailint.syntax.extract import extract

    found = extract(text, max_size=None)
    return found if isinstance(found, Broken) else PASSED_OVER


def _is_python(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            symtable.symtable(text, "<text>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    return True
