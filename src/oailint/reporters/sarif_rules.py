"""The rules as SARIF describes them, with what their documents say."""

from __future__ import annotations

import re

from oailint.findings import Confidence, Severity
from oailint.reporters.catalog import Described, document

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}

_PROBLEM_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
_PRECISIONS = {Confidence.HIGH: "high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}
_SECTIONS = ("What it does", "Why", "Fix")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_LONGEST_DESCRIPTION = 1024
"""What GitHub takes of a description."""

# A key in the source is CWE-798, a vulnerability. The number is the one that GitHub's own query on such keys has.
_SECURITY = {"secrets": ("9.8", ("security", "external/cwe/cwe-798"))}


def descriptor(rule: Described) -> dict[str, object]:
    """``rule`` as a reportingDescriptor."""
    sections = _sections(document(rule))
    told = sections.get("What it does", "")
    first = " ".join(told.split("\n\n")[0].split()) or f"{rule.summary}."
    score, tags = _SECURITY.get(rule.family, ("", ()))
    properties: dict[str, object] = {
        "precision": _PRECISIONS[rule.confidence],
        "problem.severity": _PROBLEM_SEVERITIES[rule.severity],
        "tags": ["openai", rule.family, *tags],
    }
    if score:
        properties["security-severity"] = score
    parts = [(heading, sections[heading]) for heading in _SECTIONS if heading in sections]
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": _sentence(rule.summary)},
        "fullDescription": {"text": first.replace("`", "")[:_LONGEST_DESCRIPTION]},
        "help": {
            "text": "\n\n".join(f"{heading}\n\n{text}" for heading, text in parts) or first,
            "markdown": "\n\n".join(f"## {heading}\n\n{text}" for heading, text in parts) or first,
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": properties,
    }


def _sections(text: str) -> dict[str, str]:
    """The sections of a document by heading, up to their examples, with links to other documents as plain words."""
    found = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        prose = re.split(r"^(?:###|```)", body, maxsplit=1, flags=re.MULTILINE)[0]
        found[heading.strip()] = _doubled(_LINK.sub(r"\1", prose.strip()))
    return found


def _doubled(text: str) -> str:
    """SARIF takes a single brace for the beginning of a placeholder."""
    return text.replace("{", "{{").replace("}", "}}")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
