"""The version: the only place where it is written. Imports nothing, so that ``--version`` is quick."""

from __future__ import annotations

VERSION = "0.1.0"
