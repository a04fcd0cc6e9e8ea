"""Where the helper of a file is that lets coroutines wait for a semaphore: found, or to be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oailint import backoff
from oailint.fixing.helpers import Use, Written, missing, module_of, taken
from oailint.fixing.places import Places
from oailint.fixing.workspace import Sheets
from oailint.syntax.verbs.splices import Refused
from oailint.syntax.verbs.wanted import Wanted

if TYPE_CHECKING:
    from oailint.syntax.verbs.tree import Node

KIND = "limited"
MODULE = "_concurrency.py"
_DOCSTRING = '"""A limit for the requests that run at once."""\n'


class Limiters:
    """Answers for the files of one workspace, as they are in one round."""

    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets
        self._workspace = sheets.workspace
        self._places = Places(sheets)

    def use(self, path: str, node: Node) -> Use:
        """The helper for the code at ``node``. Raises Refused."""
        found = self._present(path, node)
        if found is not None:
            return found
        module = self._places.module(path, MODULE)
        if module is None or module[0] == path:
            name = self._inline(path).names[KIND]
            if not self._sheets.bindings(path).is_visible(name, node):
                raise Refused(f"`{name}` means something else here")
            return Use(name, written=Written(path, True, KIND, ""))
        where, dotted = module
        written = None
        if self._workspace.text(where) is None:
            if not self._workspace.may_create:
                raise Refused(f"it takes a new file {self._workspace.shown(where)}, and no file is written in this run")
            written = Written(where, False, KIND, "")
        elif not self._defines(where, KIND):
            raise Refused(f"{self._workspace.shown(where)} is there already, and holds no helper")
        wanted = self._places.import_of(path, where, dotted, KIND)
        local = self._sheets.bindings(path).free_name(KIND, wanted.dotted, node)
        return Use(local, Wanted(wanted.module, KIND, "" if local == KIND else local), written)

    def _present(self, path: str, node: Node) -> Use | None:
        """A helper that the file defines or imports already."""
        from oailint.syntax.verbs.helpers import limiter

        bindings = self._sheets.bindings(path)
        own = limiter(self._sheets.tree(path))
        if own is not None:
            if not bindings.is_visible(own, node):
                raise Refused(f"`{own}` means something else here")
            return Use(own)
        for dotted in bindings.imports_ending(KIND):
            module, _, name = dotted.rpartition(".")
            where = self._places.resolve(path, module or ".")
            spelled = bindings.spelling(dotted, node)
            if where is not None and spelled and self._defines(where, name):
                return Use(spelled)
        return None

    def _defines(self, path: str, name: str) -> bool:
        from oailint.syntax.verbs.helpers import limiter

        return limiter(self._sheets.tree(path)) == name

    # --- texts ----------------------------------------------------------------------------------

    def module_text(self, newline: str) -> str:
        """A module that holds the helper."""
        helper = backoff.render_limiter()
        return module_of(_DOCSTRING, helper.imports, helper.body, newline)

    def inline(self, path: str, first: int) -> tuple[list[Wanted], str]:
        """What a file gets for the helper, for code that begins at ``first``: imports and definitions."""
        helper = self._inline(path)
        return missing(self._sheets.bindings(path), helper.imports, first), helper.body

    def _inline(self, path: str) -> backoff.Helper:
        """The helper with names that are free in the file."""
        return backoff.render_limiter(taken(self._sheets.bindings(path), backoff.render_limiter()))
