"""From plans to texts: which edits a plan takes, which of them can be made together, and what the files then hold.

``realising`` turns one plan into edits, ``helpers`` decides where the backoff helper is, ``rounds`` joins the edits of
many plans, ``declared`` chooses the form of the helper, ``diffs`` shows the result. Nothing is written here, and the
parser is loaded when the first plan is.
"""

from __future__ import annotations

from oailint.fixing.workspace import Workspace

__all__ = ["Workspace"]
