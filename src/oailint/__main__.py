"""``python -m oailint``."""

from __future__ import annotations

from oailint.cli import main

if __name__ == "__main__":
    main()
