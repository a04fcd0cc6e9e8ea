"""A run that stays: for editors, which change one text and want to know what that changes."""

from __future__ import annotations

import os
from collections.abc import Sequence

from oailint.config import Config
from oailint.findings import Report
from oailint.incremental import Memory
from oailint.run import Outcome, Run, no_collection
from oailint.settings import Options
from oailint.sources import encode


class Session:
    """Checks ``paths`` again and again, and works out only what a change of a text changes.

    Files are read from disk once; what happens there later must be told by ``update``. ``config`` is in force for
    every file; without it each file has the configuration nearest to it. Methods raise
    ``oailint.config.ConfigError`` where a configuration is wrong.
    """

    def __init__(self, paths: Sequence[str | os.PathLike[str]], *, config: Config | None = None) -> None:
        self._options = Options(config=config)
        self._memory = Memory()
        self._texts: dict[str, bytes] = {}
        self._found = Run(self._options).walker.discover([os.fspath(path) for path in paths])

    def check(self) -> Report:
        """What is found now."""
        return self.outcome().report

    def update(self, path: str | os.PathLike[str], text: str | None) -> Report:
        """Take ``text`` as the content of the file ``path``, which need not exist, and check. None stands for what is
        on disk: a file that is not there any more is left out."""
        absolute = os.path.normpath(os.path.join(os.getcwd(), os.fspath(path)))
        self._memory.forget(absolute)
        self._texts.pop(absolute, None)
        if text is not None:
            plain = text.encode("utf-8", "surrogatepass")
            self._texts[absolute] = encode(text, plain) or plain
        files = {*self._found.files, absolute}
        if text is None and not os.path.isfile(absolute):
            files.discard(absolute)
        self._found.files = sorted(files)
        return self.check()

    def outcome(self) -> Outcome:
        """What is found now, with the source lines that reports quote."""
        run = Run(self._options, remember=True, memory=self._memory)
        with no_collection():
            run.check_found(self._found, self._texts)
        return Outcome(run.finish(), run.excerpts)
