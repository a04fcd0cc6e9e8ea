"""The texts of a project that fixes change, and what they may do to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from oailint.syntax.verbs.splices import Refused

if TYPE_CHECKING:
    from oailint.syntax.verbs.bindings import Bindings
    from oailint.syntax.verbs.tree import Tree


class Workspace(Struct, frozen=True):
    """A project while its files are fixed. Files go by their path in it.

    ``text`` gives a file's present text (None: there is no such file, or it cannot be read). ``editable`` are the files
    that may be changed, ``may_create`` says whether a module may be added. ``form`` gives the form of backoff to write,
    ``helper`` is a configured helper (``package.module:name``, or empty), ``roots`` are where imports start from.
    """

    text: Callable[[str], str | None]
    files: frozenset[str]
    editable: frozenset[str]
    may_create: bool
    form: Callable[[], str]
    helper: str = ""
    roots: tuple[str, ...] = (".", "src")
    package: str = ""
    """The dotted name of the project's own folder, where that is a package."""
    shown: Callable[[str], str] = str
    """What reports call a file."""

    def packages(self) -> frozenset[str]:
        """The top packages and modules of the project, by name."""
        tops = {self.package.split(".")[0]}
        for path in self.files:
            for root in self.roots:
                prefix = "" if root in (".", "") else root.rstrip("/") + "/"
                if path.startswith(prefix):
                    tops.add(path[len(prefix) :].split("/")[0].removesuffix(".py"))
        return frozenset(tops)


class Sheets:
    """The files of a workspace, parsed when they are asked for."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._trees: dict[str, Tree] = {}
        self._bindings: dict[str, Bindings] = {}

    def __contains__(self, path: str) -> bool:
        """Whether there is such a file."""
        return self.workspace.text(path) is not None

    def tree(self, path: str) -> Tree:
        """The tree of a file. Raises Refused if it cannot be had."""
        if path not in self._trees:
            from oailint.syntax.verbs.tree import Tree

            text = self.workspace.text(path)
            if text is None:
                raise Refused(f"{self.workspace.shown(path)} cannot be read")
            self._trees[path] = Tree(text)
        return self._trees[path]

    def bindings(self, path: str) -> Bindings:
        """The names that a file binds. Raises Refused if it cannot be read."""
        if path not in self._bindings:
            from oailint.syntax.verbs.bindings import Bindings

            self._bindings[path] = Bindings(self.tree(path))
        return self._bindings[path]

    def check_editable(self, path: str) -> None:
        """Raises Refused if a file may not be changed."""
        if path not in self.workspace.editable:
            raise Refused(f"it takes a change of {self.workspace.shown(path)}, which is not among the files to fix")
