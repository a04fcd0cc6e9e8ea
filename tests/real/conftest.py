"""Where the packages are kept."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def archives(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where downloads are kept, from run to run if pytest keeps anything."""
    cache = getattr(request.config, "cache", None)
    return Path(cache.mkdir("packages")) if cache is not None else tmp_path_factory.mktemp("packages")
