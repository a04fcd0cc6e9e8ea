"""Plans for requests that are fanned out with no bound."""

from __future__ import annotations

import pytest
from planned import findings

from oailint.findings import Safety, SetArgument

MODULE = """from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool

from openai import OpenAI

client = OpenAI(max_retries=6)


def ask(prompt):
    return client.responses.create(model="gpt-4.1", input=prompt)


def ask_all(prompts):
    with {} as pool:
        return {}
"""


@pytest.mark.parametrize(
    ("pool", "work", "keyword"),
    [
        ("ThreadPoolExecutor()", "list(pool.map(ask, prompts))", "max_workers"),
        ("ThreadPoolExecutor()", "[pool.submit(ask, prompt) for prompt in prompts]", "max_workers"),
        ("ThreadPoolExecutor(max_workers=None)", "list(pool.map(ask, prompts))", "max_workers"),
        ("ThreadPoolExecutor(max_workers=len(prompts))", "list(pool.map(ask, prompts))", "max_workers"),
        ("ThreadPool()", "pool.map(ask, prompts)", "processes"),
    ],
)
def test_a_pool_is_given_a_size(pool: str, work: str, keyword: str) -> None:
    (finding,) = findings(MODULE.format(pool, work), "OAI402")
    assert finding.plan is not None and finding.plan.safety is Safety.UNSAFE
    (change,) = finding.plan.changes
    assert isinstance(change, SetArgument)
    assert (change.call.span.line, change.keyword, change.value) == (14, keyword, "8")
    assert change.call.span.end_column - change.call.span.column == len(pool)


def test_a_size_by_position_is_not_doubled() -> None:
    (finding,) = findings(MODULE.format("ThreadPoolExecutor(len(prompts))", "list(pool.map(ask, prompts))"), "OAI402")
    assert finding.plan is None and finding.unfixable
