"""Run all cases and write ``docs/proof.md``: ``python tests/proof/matrix.py [FOLDER]``.

FOLDER keeps the environments for the next time. Without it they are temporary.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from measuring import ALL, measure
from proof_table import DOCUMENT, cells, render
from requirements import failures


def main() -> int:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        shutil.rmtree(folder / "results", ignore_errors=True)
        with ThreadPoolExecutor(2) as pool:
            results = dict(zip(ALL, pool.map(lambda case: measure(case, folder), ALL), strict=True))
    DOCUMENT.write_text(render({case: cells(results[case]) for case in ALL}), encoding="utf-8")
    wrong = [failure for case in ALL for failure in failures(case, results[case], results[case.before])]
    print("\n".join(wrong) or f"{len(ALL)} cases keep what is promised.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
