"""OAI301: a key in the source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oailint.findings import Change, DropArgument, Finding, FixPlan, Replace, Severity, Substitute
from oailint.rules.base import Rule

if TYPE_CHECKING:
    from oailint.project.meaning import Project
    from oailint.project.model import KeyUse


HELP = (
    "revoke the key (whoever has the repository has it), and read it from the environment: the client does so by itself"
)


class HardcodedApiKey(Rule):
    """Literals that are used as an OpenAI key, or that have the shape of one. The key itself is never shown."""

    code = "OAI301"
    name = "hardcoded-api-key"
    family = "secrets"
    summary = "a key in the source"
    severity = Severity.ERROR
    fixable = True

    def check(self, project: Project) -> Iterator[Finding]:
        for key in project.keys:
            message = f"a key is written in the source: {key.shown}, {key.use}"
            yield self.finding(
                key.location, message, subject=key.use, confidence=key.confidence, help=HELP, plan=plan_for(key),
                unfixable=key.unfixable,
            )  # fmt: skip


def plan_for(key: KeyUse) -> FixPlan | None:
    """The plan that takes a key out of the source. Never safe: the program then needs the variable.

    The argument of a client is dropped rather than read from ``os.environ``, as the client reads the same variable, and
    says by what name when it is missing.
    """
    change = _change(key)
    if change is None:
        return None
    if key.form == "statement":
        what = f"take the key out, to be set as ${key.variable} outside of the program"
    else:
        what = f"read the key from ${key.variable}"
    return FixPlan(f"{what}; revoke the present one, which the history of the repository keeps", (change,))


def _change(key: KeyUse) -> Change | None:
    target = key.target or key.location
    if key.form == "argument":
        return DropArgument(target, "api_key")
    if key.form == "statement":
        return Replace(target, "pass" if key.filled else "")
    if key.form == "default" and key.kept is not None:
        return Substitute(target, "{0}({a})", (key.reader,), (key.kept,))
    if key.form == "literal" and key.lead:
        return Substitute(target, f"f\"{key.lead}{{{{0}}['{key.variable}']}}\"", ("os.environ",))
    if key.form == "literal":
        return Substitute(target, f'{{0}}["{key.variable}"]', ("os.environ",))
    if key.form == "text":  # inside an f-string, whose own quotes are mostly double ones
        return Substitute(target, f"{{0}}['{key.variable}']", ("os.environ",))
    return None
