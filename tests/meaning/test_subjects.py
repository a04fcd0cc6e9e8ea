"""What a finding is about, as far as baselines are concerned: not where it stands, nor what is decided far from it."""

from __future__ import annotations

from collections import Counter

import pytest

import oailint
from oailint.baseline import fingerprint

LOOP = """\
import openai, requests

client = openai.OpenAI(max_retries=0)


def ask(item):
    return client.responses.create(model="m", input=item)


def post(path):
    return requests.post("https://api.openai.com" + path, json={})


def run(items):
    for item in items:
        ask(item)


post("/v1/embeddings")
"""


def faults(text: str) -> Counter[tuple[str, str]]:
    return Counter((one.code, fingerprint(one)) for one in oailint.check_source(text).findings)


def test_all_rules_on_requests_are_there() -> None:
    assert {code for code, _ in faults(LOOP)} == {"OAI101", "OAI401"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def ask", "# a comment\n\n\ndef ask"),
        ("        ask(item)", "        unrelated = 1\n        ask(item)"),
        ("items", "articles"),
        ('"m"', '"another"'),
        ("        ask(item)", '        ask(item)\n        client.embeddings.create(model="m", input="")'),
        ('post("/v1/embeddings")', 'post("/v1/chat/completions")'),
        ("def run", "def walk"),
    ],
)
def test_edits_that_do_not_concern_it(old: str, new: str) -> None:
    assert old in LOOP
    assert faults(LOOP) <= faults(LOOP.replace(old, new))


def test_another_request_is_another_fault() -> None:
    assert not faults(LOOP) <= faults(LOOP.replace("responses.create(", "completions.create("))


def test_what_moves_stays_the_same() -> None:
    head, ask, post, run = LOOP.split("\n\n\n")[:4]
    moved = "\n\n\n".join([head, post, run, ask, 'post("/v1/embeddings")\n'])
    assert moved != LOOP
    assert faults(moved) == faults(LOOP)
