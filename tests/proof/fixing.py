"""The programs under test as ``oailint --fix`` leaves them."""

from __future__ import annotations

from oailint import fix_source
from oailint.config import Config


def fixed(text: str, form: str) -> str:
    """``text`` with all that is found in it fixed, with ``form`` as ``--backoff``.

    Raises ValueError if nothing was fixed, or if anything is found in the result.
    """
    done = fix_source(text, filename="program.py", config=Config(backoff=form), unsafe=True)
    if not done.report.statistics.fixed or done.report.findings or done.report.problems:
        told = [finding.message for finding in done.report.findings]
        raise ValueError(f"not fixed with {form}: {told or done.report.problems or 'nothing was found'}")
    return done.text
