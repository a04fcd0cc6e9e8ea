"""Write the lists of findings anew: ``python tests/real/rewrite.py [--cache FOLDER] [PACKAGE...]``, by name, or all.

What was judged wrong stays marked where the finding is the same. Then read the difference: each new line is a claim
about somebody's code, to be looked up there before it is committed.
"""

from __future__ import annotations

import argparse
import difflib
import tempfile
from pathlib import Path

import real_packages

ROOT = Path(__file__).parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=ROOT / ".pytest_cache" / "d" / "packages", help="downloads")
    parser.add_argument("names", nargs="*", help="packages by name")
    given = parser.parse_args()
    for package in real_packages.PACKAGES:
        if given.names and package.partition("==")[0] not in given.names:
            continue
        with tempfile.TemporaryDirectory() as work:
            checked = real_packages.check(package, given.cache, Path(work))
        known = real_packages.read_list(package)
        real_packages.write_list(package, checked.lines, known)
        print(f"{package}: {checked}, {sum(line in known.wrong for line in checked.lines)} of them known to be wrong")
        for line in difflib.unified_diff(known.lines, checked.lines, n=0, lineterm=""):
            if not line.startswith(("---", "+++", "@@")):
                print(f"  {line}")


if __name__ == "__main__":
    main()
