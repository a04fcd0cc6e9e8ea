"""Fixed fan-outs at work: never more than eight coroutines are under way, and each does what it did before."""

from __future__ import annotations

import asyncio
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from oailint import fix_source
from oailint.config import Config
from oailint.rules.unbounded_concurrency import MOST

ITEMS = 30
HEAD = """import asyncio

import openai

client = openai.AsyncOpenAI(max_retries=6)


async def ask(number):
    return await client.responses.create(model="gpt-4.1", input=number)


class Model:
    async def ask(self, number):
        return await ask(number)


"""
ALL = list(range(ITEMS))
FAN_OUTS = {
    "gather over a list": "return await asyncio.gather(*[ask(n) for n in numbers])",
    "gather over a generator": "return await asyncio.gather(*(ask(n) for n in numbers))",
    "a list first": "work = [ask(n) for n in numbers]\nreturn await asyncio.gather(*work)",
    "appended": "work = []\nfor n in numbers:\n    work.append(ask(n))\nreturn await asyncio.gather(*work)",
    "tasks": "work = []\nfor n in numbers:\n    work.append(asyncio.create_task(ask(n)))\n"
    "return await asyncio.gather(*work)",
    "futures in a dict": "work = {n: asyncio.ensure_future(ask(n)) for n in numbers}\n"
    "await asyncio.wait(work.values())\nreturn [one.result() for one in work.values()]",
    "as completed": "found = []\nfor done in asyncio.as_completed([ask(n) for n in numbers]):\n"
    "    found.append(await done)\nreturn sorted(found)",
    "two loops": "work = []\nfor row in rows(numbers):\n    for n in row.numbers:\n"
    "        work.append(asyncio.create_task(ask(n)))\n"
    "return await asyncio.gather(*work)",
    "each turn waits": "found = []\nfor row in rows(numbers):\n"
    "    found += await asyncio.gather(*[ask(n) for n in row.numbers])\n"
    "return found",
    "a method": "model = Model()\nreturn await asyncio.gather(*[model.ask(n) for n in numbers])",
    "the request itself": "return await asyncio.gather("
    "*[client.responses.create(model='gpt-4.1', input=n) for n in numbers])",
}  # fmt: skip
if sys.version_info >= (3, 11):
    FAN_OUTS["a task group"] = (
        "async with asyncio.TaskGroup() as group:\n    work = [group.create_task(ask(n)) for n in numbers]\n"
        "return [one.result() for one in work]"
    )


class Server:
    """Answers each request with what it was asked, some rounds of the event loop later, and counts."""

    def __init__(self, fails: Callable[[int], bool] = lambda number: False) -> None:
        self.running = self.most = self.begun = 0
        self.fails = fails

    async def create(self, *, model: str, input: int) -> int:
        self.begun += 1
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            for _ in range(1 + input % 3):
                await asyncio.sleep(0)
            if self.fails(input):
                raise ValueError(input)
            return input
        finally:
            self.running -= 1


def module(text: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the module defines, with ``server`` in the place of OpenAI."""
    sdk = types.ModuleType("openai")
    sdk.AsyncOpenAI = lambda **_: types.SimpleNamespace(responses=server)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "openai", sdk)
    names: dict[str, Any] = {
        "rows": lambda numbers: [
            types.SimpleNamespace(numbers=numbers[:15]),
            types.SimpleNamespace(numbers=numbers[15:]),
        ]
    }
    exec(compile(text, "a.py", "exec"), names)
    return names


def written(body: str) -> str:
    return HEAD + "async def fan(numbers):\n" + "".join(f"    {line}\n" for line in body.split("\n"))


def fixed(text: str) -> str:
    done = fix_source(text, config=Config(select=("OAI402",)), unsafe=True)
    assert done.report.findings == [] and done.report.statistics.fixed == 1
    assert fix_source(done.text, config=Config(select=("OAI402",)), unsafe=True).text == done.text
    return done.text


@pytest.mark.parametrize("body", FAN_OUTS.values(), ids=FAN_OUTS)
def test_no_more_than_the_bound_are_under_way(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = Server(), Server()
    assert asyncio.run(module(written(body), before, monkeypatch)["fan"](ALL)) == ALL
    assert before.most > MOST
    assert asyncio.run(module(fixed(written(body)), after, monkeypatch)["fan"](ALL)) == ALL
    assert after.most == MOST and after.begun == ITEMS


def test_what_is_cancelled_before_its_turn_leaves_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(lambda number: number == 0)
    fan = module(fixed(written(FAN_OUTS["gather over a list"])), server, monkeypatch)["fan"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="0"):
            asyncio.run(fan(ALL))
    assert server.begun < ITEMS and server.running == 0


def test_one_that_fails_gives_its_place_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(lambda number: number < 2 * MOST)
    body = "found = await asyncio.gather(*[ask(n) for n in numbers], return_exceptions=True)\nreturn found[2 * 8 :]"
    assert asyncio.run(module(fixed(written(body)), server, monkeypatch)["fan"](ALL)) == ALL[2 * MOST :]
    assert server.most == MOST and server.begun == ITEMS


def test_each_event_loop_has_a_semaphore_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    fan = module(fixed(written(FAN_OUTS["gather over a list"])), server, monkeypatch)["fan"]
    assert asyncio.run(fan(ALL)) == asyncio.run(fan(ALL)) == ALL


def test_with_backoff_in_the_same_run(monkeypatch: pytest.MonkeyPatch) -> None:
    text = written(FAN_OUTS["the request itself"]).replace("max_retries=6", "").split("async def ask")[0]
    text += written(FAN_OUTS["the request itself"]).partition("\n\n\nasync def fan")[1].lstrip("\n")
    text += written(FAN_OUTS["the request itself"]).partition("async def fan")[2]
    done = fix_source(text, config=Config(backoff="stdlib"), unsafe=True)
    assert done.report.findings == [] and done.report.statistics.fixed == 2
    assert "limited(semaphore, with_backoff_async(client.responses.create)(model='gpt-4.1', input=n))" in done.text
    assert fix_source(done.text, config=Config(backoff="stdlib"), unsafe=True).text == done.text
