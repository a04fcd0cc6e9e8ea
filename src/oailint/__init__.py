"""oailint: finds the OpenAI calls of a Python project that will break under real traffic.

All that is public: ``lint``, ``check_source``, ``fix_source``, ``Session`` and ``__version__``. All but the last are
loaded at first use, so that ``oailint --version`` starts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oailint.version import VERSION as __version__

if TYPE_CHECKING:
    from oailint.repair import fix_source
    from oailint.run import check_source, lint
    from oailint.session import Session

__all__ = ["Session", "__version__", "check_source", "fix_source", "lint"]


def __getattr__(name: str) -> object:
    if name in ("check_source", "lint"):
        from oailint import run

        return getattr(run, name)
    if name == "fix_source":
        from oailint import repair

        return repair.fix_source
    if name == "Session":
        from oailint import session

        return session.Session
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
