"""For all tests."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read as they are where a program has one thread; that of pytest-xdist does nothing meanwhile."""
    monkeypatch.setattr("oailint.syntax.nodes.is_safe", lambda: True)
