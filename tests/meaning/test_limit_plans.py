"""Plans for coroutines that are fanned out with no bound: which calls make them, and where the semaphore goes."""

from __future__ import annotations

import pytest
from planned import findings

from oailint.findings import Finding, Limit, Location, Safety

MODULE = """import asyncio
import threading
from contextlib import AsyncExitStack

import anyio
from openai import AsyncOpenAI, OpenAI
from tqdm.asyncio import tqdm

client = AsyncOpenAI(max_retries=6)
blocking = OpenAI(max_retries=6)


async def ask(prompt):
    return await client.responses.create(model="gpt-4.1", input=prompt)


async def tell(prompt):
    return await client.responses.create(model="gpt-4.1-mini", input=prompt)


def later(prompt):
    return ask(prompt)


def start(prompt):
    asyncio.create_task(ask(prompt))


def block(prompt):
    return blocking.responses.create(model="gpt-4.1", input=prompt)


async def fan(prompts):
"""
HEAD = MODULE.count("\n")


def planned(body: str) -> Finding:
    """The one fan-out that is found in a coroutine function with this body."""
    (finding,) = findings(MODULE + "".join(f"    {line}\n" for line in body.split("\n")), "OAI402")
    return finding


def shown(body: str) -> tuple[list[str], int]:
    """The calls that make coroutines, and the line of the body that the semaphore goes before."""
    finding = planned(body)
    assert finding.plan is not None, finding.unfixable
    assert finding.plan.safety is Safety.UNSAFE
    (change,) = finding.plan.changes
    assert isinstance(change, Limit) and change.size == 8
    lines = body.split("\n")

    def source(location: Location) -> str:
        span = location.span
        return lines[span.line - HEAD - 1][span.column - 5 : span.end_column - 5]

    return [source(one) for one in change.coroutines], change.before.span.line - HEAD


@pytest.mark.parametrize(
    ("body", "coroutine", "line"),
    [
        ("return await asyncio.gather(*[ask(p) for p in prompts])", "ask(p)", 1),
        ("return await asyncio.gather(*(ask(p) for p in prompts if p), return_exceptions=True)", "ask(p)", 1),
        ("tasks = [ask(p) for p in prompts]\nreturn await asyncio.gather(*tasks)", "ask(p)", 1),
        ("tasks = []\nfor p in prompts:\n    tasks.append(ask(p))\nawait asyncio.gather(*tasks)", "ask(p)", 2),
        (
            "tasks = []\nfor p in prompts:\n    tasks.append(asyncio.create_task(ask(p)))\nawait asyncio.wait(tasks)",
            "ask(p)",
            2,
        ),
        (
            "tasks = set()\nfor p in prompts:\n    task = asyncio.ensure_future(ask(p))\n    tasks.add(task)\n"
            "await asyncio.wait(tasks)",
            "ask(p)",
            2,
        ),
        ("tasks = []\nfor p in prompts:\n    one = ask(p)\n    tasks.append(one)\n"
         "await asyncio.gather(*tasks)", "ask(p)", 2),
        ("async with asyncio.TaskGroup() as tg:\n    for p in prompts:\n        tg.create_task(ask(p))", "ask(p)", 1),
        ("async with asyncio.TaskGroup() as tg:\n    [tg.create_task(ask(p)) for p in prompts]", "ask(p)", 1),
        ("for done in asyncio.as_completed([ask(p) for p in prompts]):\n    print(await done)", "ask(p)", 1),
        ("return await tqdm.gather(*[ask(p) for p in prompts])", "ask(p)", 1),
        ("for done in tqdm.as_completed([ask(p) for p in prompts]):\n    await done", "ask(p)", 1),
        ("tasks = {p: asyncio.create_task(ask(p)) for p in prompts}\n"
         "await asyncio.wait(tasks.values())", "ask(p)", 1),
        ("tasks = {asyncio.create_task(ask(p)): p for p in prompts}\nawait asyncio.wait(tasks)", "ask(p)", 1),
        ("tasks = {}\nfor p in prompts:\n    tasks[p] = asyncio.create_task(ask(p))\n"
         "await asyncio.wait(tasks)", "ask(p)", 2),
        ("return await asyncio.gather(*(asyncio.to_thread(block, p) for p in prompts))",
         "asyncio.to_thread(block, p)", 1),
        ("return await asyncio.gather(*(anyio.to_thread.run_sync(block, p) for p in prompts))",
         "anyio.to_thread.run_sync(block, p)", 1),
        ("return await asyncio.gather(*[later(p) for p in prompts])", "later(p)", 1),
        ("await asyncio.gather(*[asyncio.wait_for(ask(p), 30) for p in prompts])", "asyncio.wait_for(ask(p), 30)", 1),
        (
            "return await asyncio.gather(*[client.responses.create(model='gpt-4.1', input=p) for p in prompts])",
            "client.responses.create(model='gpt-4.1', input=p)",
            1,
        ),
        ("tasks = []\nfor p in prompts:\n    tasks.append((p, asyncio.create_task(ask(p))))", "ask(p)", 2),
        ("if prompts:\n    x = 1\n    await asyncio.gather(*[ask(p) for p in prompts])", "ask(p)", 3),
    ],
)  # fmt: skip
def test_the_coroutine_of_each_turn(body: str, coroutine: str, line: int) -> None:
    assert shown(body) == ([coroutine], line)


def test_all_that_a_turn_may_make() -> None:
    body = (
        "tasks = []\nfor p in prompts:\n    if p:\n        tasks.append(ask(p))\n    else:\n"
        "        tasks.append(tell(p))\n"
    )
    assert shown(body + "await asyncio.gather(*tasks)") == (["ask(p)", "tell(p)"], 2)
    assert shown("await asyncio.gather(*[ask(p) if p else tell(p) for p in prompts])") == (["ask(p)", "tell(p)"], 1)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        # Each turn waits for its own coroutines.
        ("for d in prompts:\n    await asyncio.gather(*[ask(p) for p in d.parts])", 2),
        ("for d in prompts:\n    tasks = [ask(p) for p in d.parts]\n    await asyncio.gather(*tasks)", 2),
        ("for d in prompts:\n    t = []\n    for p in d.parts:\n        t.append(ask(p))\n"
         "    await asyncio.gather(*t)", 3),
        ("for d in prompts:\n    tasks = [ask(p) for p in d.parts]\n"
         "    for done in asyncio.as_completed(tasks):\n        await done", 2),
        ("for d in prompts:\n    async with asyncio.TaskGroup() as tg:\n        for p in d.parts:\n"
         "            tg.create_task(ask(p))", 2),
        # Some go on when the next turn comes.
        ("tasks = []\nfor d in prompts:\n    for p in d.parts:\n        tasks.append(ask(p))\n"
         "await asyncio.gather(*tasks)", 2),
        ("tasks = []\nfor d in prompts:\n    tasks += [asyncio.create_task(ask(p)) for p in d.parts]\n"
         "await asyncio.wait(tasks)", 2),
        ("for d in prompts:\n    tasks = [asyncio.create_task(ask(p)) for p in d.parts]\n"
         "    await asyncio.wait(tasks, timeout=9)", 1),
        ("for d in prompts:\n    await asyncio.wait([asyncio.create_task(ask(p)) for p in d.parts], timeout=9)", 1),
        ("async with asyncio.TaskGroup() as tg:\n    for d in prompts:\n        for p in d.parts:\n"
         "            tg.create_task(ask(p))", 1),
        ("for d in prompts:\n    async with AsyncExitStack() as tg:\n        for p in d.parts:\n"
         "            asyncio.create_task(ask(p))", 1),
    ],
)  # fmt: skip
def test_the_semaphore_is_shared_by_all_that_run_at_once(body: str, line: int) -> None:
    assert shown(body) == (["ask(p)"], line)


def test_fan_outs_of_one_function_share_a_semaphore() -> None:
    body = (
        "await asyncio.gather(*[ask(p) for p in prompts])\nif prompts:\n"
        "    await asyncio.gather(*[ask(p) for p in prompts])\n"
    )
    assert anchors(body) == [1, 1]
    apart = "if prompts:\n    await asyncio.gather(*[ask(p) for p in prompts])\nelse:\n    " + body.split("\n")[0]
    assert anchors(apart) == [2, 4]


def anchors(body: str) -> list[int]:
    """The lines of a body that semaphores go before, for each fan-out."""
    found = findings(MODULE + "".join(f"    {line}\n" for line in body.split("\n")), "OAI402")
    changes = [change for one in found if one.plan is not None for change in one.plan.changes]
    return [change.before.span.line - HEAD for change in changes if isinstance(change, Limit)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return await asyncio.gather(*map(ask, prompts))", "`map` makes the coroutines"),
        ("for p in prompts:\n    threading.Thread(target=block, args=(p,)).start()", "not a coroutine"),
        ("async with anyio.create_task_group() as tg:\n    for p in prompts:\n"
         "        tg.start_soon(ask, p)", "not a coroutine"),
        ("for p in prompts:\n    start(p)", "in a function that the loop calls"),
        ("while True:\n    asyncio.create_task(ask(await prompts.take()))", "no end"),
        ("for p in prompts:\n    asyncio.run_coroutine_threadsafe(ask(p), loop)", "in another thread"),
        ("for p in prompts:\n    prompts.note(ask(p))", "`prompts.note` is given each coroutine"),
        ("loop = asyncio.get_running_loop()\n"
         "await asyncio.gather(*[loop.run_in_executor(None, block, p) for p in prompts])",
         "not a coroutine"),
    ],
)  # fmt: skip
def test_where_there_is_none_the_finding_says_why(body: str, reason: str) -> None:
    finding = planned(body)
    assert finding.plan is None and reason in finding.unfixable


WORK = "\n\nasync def every(prompts):\n    await asyncio.gather(*[work(p) for p in prompts])\n"
OUTSIDE = {
    f"async def work(p):\n    await tasks[p]\n"
    f"    print(await tell(p))\n\n\ntasks = {{}}\n{WORK}": "wait for one another",
    f"async def work(p):\n    before = tasks[p]\n    await asyncio.gather(before)\n    print(await tell(p))\n\n\n"
    f"tasks = {{}}\n{WORK}": "wait for one another",
    f"async def before(p):\n    await done[p].wait()\n\n\nasync def work(p):\n    await before(p)\n"
    f"    print(await tell(p))\n"
    f"\n\ndone = {{}}\n{WORK}": "wait for one another",
    f"async def work(p):\n    async with barrier:\n        print(await tell(p))\n\n\n"
    f"barrier = asyncio.Barrier(20)\n{WORK}"
    "": "wait for one another",
    f"async def work(p):\n    print(await tell(await asyncio.wait_for(p.get(), timeout=9)))\n"
    f"{WORK}": "wait for one another",
    f"async def work(p):\n    async with p.turn:\n        await p.turn.wait_for(lambda: p.ready)\n"
    f"    print(await tell(p))\n"
    f"{WORK}": "wait for one another",
    "async def work(p, first):\n    await first\n    print(await tell(p))\n\n\nasync def every(prompts, first):\n"
    "    await asyncio.gather(*[work(p, first) for p in prompts])\n": "wait for one another",
    "def work(p):\n    if p in known:\n        return known[p]\n    return tell(p)\n\n\nknown = {}\n"
    f"{WORK}": "in a function that the loop calls",
    "def every(prompts):\n    return asyncio.run(asyncio.wait([ask(p) for p in prompts]))\n"
    "": "not stand in a coroutine",
    "async def work(queue):\n    print(await tell(await queue.get()))\n\n\nasync def every(prompts):\n"
    "    queue = asyncio.Queue()\n    await asyncio.gather(*[work(queue) for p in prompts])\n"
    "": "wait for one another",
    "async def every(prompts):\n    await asyncio.gather(*[ask(p) for p in prompts.parts])\n\n\n"
    "async def all_of_all(documents):\n    await asyncio.gather(*[every(d) for d in documents])\n": "another fan-out",
}


OWN = [
    "async def work(p):\n    print(await tell(p))\n    await asyncio.gather(*[asyncio.sleep(1) for _ in p])\n",
    "async def work(p):\n    asking = asyncio.create_task(tell(p))\n    print(await asyncio.wait_for(asking, 9))\n",
    "async def work(p):\n    asking = [asyncio.create_task(tell(p))]\n    for one in asking:\n"
    "        print(await one)\n",
    "async def work(p):\n    print(await through(tell(p)))\n\n\nasync def through(request):\n"
    "    return await request\n",
    "async def work(p):\n    await stored.get(p)\n    await asyncio.wait([asyncio.create_task(tell(p))])\n",
]


@pytest.mark.parametrize("text", OWN)
def test_what_a_coroutine_has_begun_itself_may_be_waited_for(text: str) -> None:
    found = [one for one in findings(f"{MODULE}    pass\n\n\n{text}{WORK}", "OAI402") if one.plan is not None]
    assert len(found) == 1


@pytest.mark.parametrize(("text", "reason"), OUTSIDE.items())
def test_other_functions_have_none(text: str, reason: str) -> None:
    found = findings(MODULE + f"    pass\n\n\n{text}", "OAI402")
    assert found[0].plan is None and reason in found[0].unfixable
