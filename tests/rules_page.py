"""The page ``docs/rules.md``, made of the rules and of the summaries in their documents."""

from __future__ import annotations

from pathlib import Path

from oailint.rules import RULES
from oailint.rules.base import Rule

ROOT = Path(__file__).parents[1]
FAMILIES = {
    "files": "Files",
    "retry": "Retries",
    "errors": "Errors",
    "secrets": "Keys",
    "throttling": "Throttling",
}

_HEAD = """# Rules

All rules are on unless the configuration or the command line says otherwise. Written by `python tests/documents.py`
from the rules and their documents.

| code | name | family | severity | fix |
|---|---|---|---|---|
"""

_TAIL = """## How to choose

A rule is named by its code, its name, its family or the beginning of its code; `ALL` is all of them. Case does not
matter.

```toml
[tool.oailint]
select = ["ALL"]               # what is on; ALL unless set
ignore = ["OAI002", "OAI402"]  # and what of it is off

[tool.oailint.per-file-ignores]
"tests/*" = ["throttling"]
```

```sh
oailint --select OAI4           # one family, by the beginning of its codes
oailint --select retry,secrets  # two, by name
oailint --ignore OAI102         # all but one
oailint --explain OAI102        # the document of a rule
oailint --rules                 # this list
```

The more specific name wins: `select = ["retry"]` with `ignore = ["OAI102"]` leaves OAI101. At the same length, `ignore`
wins. `--select` starts afresh, whatever the configuration selects and ignores; `--extend-select` and `--ignore` add to
it.

`--min-severity` and `--min-confidence` leave out what is milder or less sure. The severity of OAI102 is info unless a
loop or a fan-out sends the request. The confidence is that of a finding, not of its rule;
[verdicts.md](verdicts.md#what-is-a-request) says what it depends on.
"""


def render() -> str:
    """The text of the page."""
    rows = "".join(_row(rule) for rule in RULES)
    sections = []
    for family, title in FAMILIES.items():
        parts = [_section(rule) for rule in RULES if rule.family == family]
        sections.append(f"## {title}\n\n" + "".join(parts))
    return f"{_HEAD}{rows}\n{''.join(sections)}{_TAIL}"


def _document(rule: Rule) -> Path:
    [found] = (ROOT / "rules").glob(f"{rule.code}-*.md")
    return found


def _row(rule: Rule) -> str:
    severity = "info, warning in a loop" if rule.code == "OAI102" else str(rule.severity)
    fix = "yes" if rule.fixable else "no"
    return f"| [{rule.code}](../rules/{_document(rule).name}) | {rule.name} | {rule.family} | {severity} | {fix} |\n"


def _section(rule: Rule) -> str:
    document = _document(rule)
    what = document.read_text(encoding="utf-8").partition("## What it does\n\n")[2].partition("\n\n")[0]
    # Links of the document are relative to its folder.
    what = what.replace("](OAI", "](../rules/OAI")
    return f"### {rule.code} {rule.name}\n\n{what}\n\nMore: [{document.name}](../rules/{document.name})\n\n"
