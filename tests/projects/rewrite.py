"""Write what is said of the small projects anew: ``python tests/projects/rewrite.py [IDIOM...]``, or of all."""

from __future__ import annotations

import difflib
import sys

import told


def main() -> None:
    for folder in told.projects():
        if sys.argv[1:] and folder.parent.name not in sys.argv[1:]:
            continue
        path = folder / told.EXPECTED
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = told.told(told.linked(folder))
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(folder.relative_to(told.FOLDER).as_posix())
            lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
            print("\n".join(f"  {line}" for line in list(lines)[3:]))


if __name__ == "__main__":
    main()
