"""JUnit's XML as Jenkins and GitLab read it: a suite for each file, a failed test for each finding."""

from __future__ import annotations

import itertools
import re
from xml.sax.saxutils import escape

from oailint.findings import Finding, Problem, Report
from oailint.reporters.context import Context, printable
from oailint.reporters.texts import plain

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, context: Context) -> str:
    """``report`` as an XML document in ASCII. Problems are errors; without any of them one test has passed."""
    suites = []
    for path, findings in itertools.groupby(report.findings, key=lambda one: one.location.path):
        suites.append(_suite(path, [_failure(one) for one in findings], failures=True))
    for path, problems in itertools.groupby(report.problems, key=lambda one: one.path):
        suites.append(_suite(path, [_error(one) for one in problems], failures=False))
    if not suites:
        case = f"    <testcase {_attributes(name='no findings', classname='oailint')}/>\n"
        suites.append(f'  <testsuite name="oailint" tests="1" failures="0" errors="0">\n{case}  </testsuite>\n')
    failed, broken = len(report.findings), len(report.problems)
    head = _attributes(name="oailint", tests=max(failed + broken, 1), failures=failed, errors=broken)
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites {head}>\n{"".join(suites)}</testsuites>\n'
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _suite(path: str, cases: list[str], *, failures: bool) -> str:
    failed, broken = (len(cases), 0) if failures else (0, len(cases))
    head = _attributes(name=printable(path) or "oailint", tests=len(cases), failures=failed, errors=broken)
    return f"  <testsuite {head}>\n{''.join(cases)}  </testsuite>\n"


def _failure(one: Finding) -> str:
    span = one.location.span
    # Readers take tests of one name for one test, so the place belongs to the name.
    name = f"{one.code} {one.name} {span.line}:{span.column}"
    message = plain(one.message)
    lines = [f"{printable(one.location.path)}:{span.line}:{span.column}: {one.severity}: {message}"]
    for place in one.related:
        where = place.location.span
        path = printable(place.location.path)
        lines.append(f"{path}:{where.line}:{where.column}: note: {plain(place.message)}")
    if one.help:
        lines.append(f"help: {plain(one.help)}")
    return _case("failure", name, one.location.path, span.line, f"{one.code} {one.severity}", message, lines)


def _error(one: Problem) -> str:
    message = plain(one.message)
    lines = [f"{printable(one.path)}:{one.line}:{one.column}: {message}" if one.path else message]
    return _case("error", f"problem {one.line}:{one.column}", one.path, one.line, "problem", message, lines)


def _case(element: str, name: str, path: str, line: int, kind: str, message: str, lines: list[str]) -> str:
    shown = printable(path) or "oailint"
    head = _attributes(name=name, classname=shown, file=shown, line=line)
    text = "\n".join(lines)
    said = f"<{element} {_attributes(type=kind, message=message)}>{escape(_possible(text))}</{element}>"
    return f"    <testcase {head}>\n      {said}\n    </testcase>\n"


def _attributes(**values: object) -> str:
    white = {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}  # as such they would become spaces
    return " ".join(f'{name}="{escape(_possible(str(value)), white)}"' for name, value in values.items())


def _possible(text: str) -> str:
    """``text`` with what XML cannot hold, not even as a reference, as visible escapes."""
    return _NO_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
