"""Coroutines handed to a helper that waits for a semaphore, and the statement that makes it, on nasty layouts."""

from __future__ import annotations

import pytest
from drafts import HAS_HELPER, back_off, carry_out, changed, draft

from oailint import backoff
from oailint.findings import Change, FixPlan, Limit, Location
from oailint.fixing.rounds import Round

HELPER = (
    "import asyncio\n\n\nasync def limited(semaphore, request):\n"
    "    async with semaphore:\n        return await request\n\n\n"
)
"""A helper that is there already, so that a fix changes nothing but the function."""


def limit(*coroutines: Location) -> Change:
    """A change that bounds the coroutines, which are made by the statement of the first one."""
    return Limit(coroutines, coroutines[0], 8)


def limit_before(coroutine: Location, before: Location) -> Change:
    """A change with the semaphore before the second place."""
    return Limit((coroutine,), before, 8)


def body(before: str, *, margin: str = "    ", head: str = "async def f(ps):\n") -> str:
    """The body of a coroutine function after the fix; the second place, if any, is where the semaphore goes."""
    text = HELPER + head + "".join(f"{margin}{line}\n" if line else "\n" for line in before.split("\n"))
    result = changed(text, limit_before if "⟪" in before else limit)
    lines = result.removeprefix(HELPER + head).removesuffix("\n").split("\n")
    return "\n".join(line.removeprefix(margin) for line in lines)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "return await gather(*[«ask(p)» for p in ps])",
            "semaphore = asyncio.Semaphore(8)\nreturn await gather(*[limited(semaphore, ask(p)) for p in ps])",
        ),
        (
            "x = 1; tasks = [«ask(p)» for p in ps]  # why",
            "semaphore = asyncio.Semaphore(8)\nx = 1; tasks = [limited(semaphore, ask(p)) for p in ps]  # why",
        ),
        (
            "tasks = []\n# All\n# of them.\n⟪for p in ps:⟫  # why\n    tasks.append(«ask(p)»)",
            "tasks = []\nsemaphore = asyncio.Semaphore(8)\n# All\n# of them.\nfor p in ps:  # why\n"
            "    tasks.append(limited(semaphore, ask(p)))",
        ),
        (
            "# Another matter.\n\ntasks = [«ask(p)» for p in ps]",
            "# Another matter.\n\nsemaphore = asyncio.Semaphore(8)\ntasks = [limited(semaphore, ask(p)) for p in ps]",
        ),
        (
            "async with Group() as group:\n    # There.\n    ⟪async for p in ps:⟫\n        group.create_task(«ask(p)»)",
            "async with Group() as group:\n    semaphore = asyncio.Semaphore(8)\n    # There.\n    async for p in ps:\n"
            "        group.create_task(limited(semaphore, ask(p)))",
        ),
        (
            "⟪async with Group() as group:⟫\n    for p in ps:\n        group.create_task(«ask(p)»)",
            "semaphore = asyncio.Semaphore(8)\nasync with Group() as group:\n    for p in ps:\n"
            "        group.create_task(limited(semaphore, ask(p)))",
        ),
        (
            "tasks = [\n    («ask(\n        p,  # one\n    )»)\n    for p in ps\n]",
            "semaphore = asyncio.Semaphore(8)\n"
            "tasks = [\n    (limited(semaphore, ask(\n        p,  # one\n    )))\n    for p in ps\n]",
        ),
        (
            "if ps:\n    pass\nelif await gather(*[«ask(p)» for p in ps]):\n    a\nelse:\n    b",
            "semaphore = asyncio.Semaphore(8)\n"
            "if ps:\n    pass\nelif await gather(*[limited(semaphore, ask(p)) for p in ps]):\n    a\nelse:\n    b",
        ),
        (
            "for done in as_completed([«ask(p)» for p in ps]): await done",
            "semaphore = asyncio.Semaphore(8)\n"
            "for done in as_completed([limited(semaphore, ask(p)) for p in ps]): await done",
        ),
        (
            "try:\n    a\nexcept OSError:\n    match ps:\n        case []:\n            t = [«ask(p)» for p in ps]",
            "try:\n    a\nexcept OSError:\n    match ps:\n        case []:\n"
            "            semaphore = asyncio.Semaphore(8)\n            t = [limited(semaphore, ask(p)) for p in ps]",
        ),
    ],
)
def test_layouts(before: str, after: str) -> None:
    assert body(before) == after
    tabs = body(before.replace("    ", "\t"), margin="\t")
    assert tabs == after.replace("    ", "\t")


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("if ps: t = [«ask(p)» for p in ps]", "it stands on the line of a compound statement"),
        ("for p in ps: t.append(«ask(p)»)", "it stands on the line of a compound statement"),
        ("def g(t=[«ask(p)» for p in ps]):\n    pass", "it stands in the head of a function or class"),
        ("t = [«ask» for p in ps]", "no call stands at this place"),
        ("t = [«ask(p)» for limited in ps]", "`limited` means something else here"),
    ],
)
def test_refused(before: str, reason: str) -> None:
    assert changed(f"{HELPER}async def f(ps):\n    {before.replace(chr(10), chr(10) + '    ')}\n", limit) == (
        f"refused: {reason}"
    )


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("async def f(ps, semaphore):\n", "semaphore_2"),
        ("async def f(ps):\n    g(semaphore)\n", "semaphore_2"),
        ("async def f(ps):\n    semaphore = asyncio.Semaphore(3)\n", "semaphore_2"),
        ("async def f(ps):\n    semaphore = asyncio.Semaphore(8)\n    t = [limited(semaphore, g())]\n", "semaphore"),
        ("async def f(ps):\n    semaphore = semaphore_2 = None\n", "semaphore_3"),
    ],
)
def test_the_variable_has_a_name_of_its_own(head: str, name: str) -> None:
    text = changed(f"{HELPER}{head}    t = [«ask(p)» for p in ps]\n", limit)
    assert text == (f"{HELPER}{head}    {name} = asyncio.Semaphore(8)\n    t = [limited({name}, ask(p)) for p in ps]\n")


def test_a_semaphore_that_stands_there_is_used() -> None:
    lines = "    semaphore = asyncio.Semaphore(8)\n    # All.\n    t = [limited(semaphore, ask(p)) for p in ps], [{}]\n"
    text = changed(HELPER + "async def f(ps):\n" + lines.format("«ask(p)» for p in ps"), limit)
    assert text == HELPER + "async def f(ps):\n" + lines.format("limited(semaphore, ask(p)) for p in ps")


def test_two_fan_outs_in_one_statement_share_a_semaphore() -> None:
    one = draft(HELPER + "async def f(ps):\n    t = [«ask(p)» for p in ps], [⟪tell(p)⟫ for p in ps]\n")
    first, second = one.places
    plans = [FixPlan("t", (Limit((place,), first, 8),)) for place in (first, second)]
    done = carry_out({"a.py": one.text}, plans)
    assert len(done.applied) == 2
    assert done.texts["a.py"].removeprefix(HELPER) == (
        "async def f(ps):\n    semaphore = asyncio.Semaphore(8)\n"
        "    t = [limited(semaphore, ask(p)) for p in ps], [limited(semaphore, tell(p)) for p in ps]\n"
    )


def test_windows_newlines() -> None:
    text = changed("import asyncio\r\n\r\n\r\nasync def f(ps):\r\n\tt = [«ask(p)» for p in ps]\r\n", limit)
    assert "\n" not in text.replace("\r\n", "")
    assert "\r\n\tsemaphore = asyncio.Semaphore(8)\r\n\tt = [limited(semaphore, ask(p)) for p in ps]\r\n" in text
    assert "\r\n\ttry:\r\n\t\tasync with semaphore:\r\n" in text


# --- the helper ---------------------------------------------------------------------------------------------------

FAN = "async def f(ps):\n    t = [«ask(p)» for p in ps]\n"
FIXED = "async def f(ps):\n    semaphore = asyncio.Semaphore(8)\n    t = [limited(semaphore, ask(p)) for p in ps]\n"
PACKAGE = {"app/__init__.py": ""}


def fixed(marked: str, path: str = "a.py", others: dict[str, str] | None = None, **options: object) -> Round:
    one = draft(marked, path)
    return carry_out({path: one.text, **(others or {})}, [FixPlan("t", (limit(*one.places),))], **options)  # type: ignore[arg-type]


def reasons(done: Round) -> list[str]:
    return [reason for _, reason in done.refused]


def test_a_script_gets_the_helper_and_its_imports() -> None:
    helper = backoff.render_limiter()
    text = fixed('"""Doc."""\nimport os\n\n\n' + FAN).texts["a.py"]
    assert text == (
        f'"""Doc."""\nimport asyncio\nimport os\nfrom typing import Any, Coroutine, TypeVar\n\n{helper.body}\n\n{FIXED}'
    )


def test_names_that_a_script_has_are_left_alone() -> None:
    text = fixed("from asyncio import gather\n\n_T = 1\n\n\ndef limited():\n    pass\n\n\n" + FAN).texts["a.py"]
    assert "from asyncio import Semaphore, gather\n" in text and "import asyncio\n" in text
    assert '_T_2 = TypeVar("_T_2")\n' in text and "async def limited_2(" in text
    assert "    semaphore = Semaphore(8)\n    t = [limited_2(semaphore, ask(p)) for p in ps]\n" in text


def test_a_package_gets_a_module() -> None:
    done = fixed("from app.b import ask\n\n\n" + FAN, "app/a.py", PACKAGE)
    assert set(done.texts) == {"app/a.py", "app/_concurrency.py"}
    assert done.texts["app/a.py"] == (
        f"import asyncio\n\nfrom app._concurrency import limited\nfrom app.b import ask\n\n\n{FIXED}"
    )
    module = done.texts["app/_concurrency.py"]
    assert module.startswith('"""A limit for the requests that run at once."""\n\nimport asyncio\nfrom typing import ')
    assert module.endswith(backoff.render_limiter().body)
    again = fixed("from app.c import ask\n\n\n" + FAN, "app/d.py", {**PACKAGE, "app/_concurrency.py": module})
    assert set(again.texts) == {"app/d.py"}
    assert "from app._concurrency import limited\n" in again.texts["app/d.py"]


@pytest.mark.parametrize(
    ("imports", "spelled"),
    [
        ("from app._concurrency import limited\n", "limited"),
        ("from ._concurrency import limited as at_most\n", "at_most"),
        ("from app.tools import limited\n", "limited"),
    ],
)
def test_an_imported_helper_is_used(imports: str, spelled: str) -> None:
    module = "import asyncio\n" + backoff.render_limiter().body
    files = {**PACKAGE, "app/_concurrency.py": module, "app/tools.py": module}
    done = fixed("import asyncio\n" + imports + FAN, "app/a.py", files)
    assert done.texts == {"app/a.py": "import asyncio\n" + imports + FIXED.replace("limited(", f"{spelled}(")}


@pytest.mark.parametrize(
    "function",
    [
        "async def limited(semaphore, request):\n    return await request\n",
        "async def limited(request, semaphore):\n    async with semaphore:\n        return await request\n",
        "async def limited(semaphore, request):\n    async with semaphore:\n        pass\n    await request\n",
        "def limited(semaphore, request):\n    return request\n",
    ],
)
def test_another_function_of_that_name_is_no_helper(function: str) -> None:
    text = fixed(f"import asyncio\n\n\n{function}\n\n{FAN}").texts["a.py"]
    assert "limited_2(semaphore, ask(p))" in text and function in text
    files = {**PACKAGE, "app/_concurrency.py": function}
    assert reasons(fixed(FAN, "app/a.py", files)) == ["app/_concurrency.py is there already, and holds no helper"]


def test_a_module_that_may_not_be_written_is_not() -> None:
    assert "a new file app/_concurrency.py" in reasons(fixed(FAN, "app/a.py", PACKAGE, may_create=False))[0]


def test_the_configured_helper_is_for_backoff_alone() -> None:
    files = {**PACKAGE, "app/llm.py": HAS_HELPER}
    done = fixed(FAN, "app/a.py", files, helper="app.llm:with_backoff")
    assert set(done.texts) == {"app/a.py", "app/_concurrency.py"}


@pytest.mark.parametrize("form", backoff.FORMS)
def test_beside_the_backoff_helper(form: str) -> None:
    one = draft("async def f(c, ps):\n    t = [«ask(p)» for p in ps]\n    return await ⟪c.chat.create⟫(1)\n")
    plans = [
        FixPlan("t", (Limit((one.places[0],), one.places[0], 8),)),
        FixPlan("t", (back_off(2, asynchronous=True)(one.places[1]),)),
    ]
    done = carry_out({"a.py": one.text}, plans, form=form)
    text = done.texts["a.py"]
    assert len(done.applied) == 2
    compile(text, "a.py", "exec")
    assert "return await with_backoff_async(c.chat.create)(1)" in text and "limited(semaphore, ask(p))" in text
    assert text.count("\nimport asyncio\n") + text.startswith("import asyncio\n") == 1
    assert "\n\n\n\n" not in text


# --- packages below folders that are none -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("imports", "wanted"),
    [
        ("from core.config import x\n", "from core.agents._concurrency import limited\n"),
        ("from agents.base import x\n", "from agents._concurrency import limited\n"),
        ("from .base import x\n", "from ._concurrency import limited\n"),
        ("import os\n", "async def limited("),
    ],
)
def test_a_package_is_imported_as_the_file_imports_it(imports: str, wanted: str) -> None:
    files = {"core/agents/__init__.py": "", "core/config.py": "", "core/agents/base.py": ""}
    done = fixed(imports + "\n\n" + FAN, "core/agents/a.py", files)
    assert wanted in done.texts["core/agents/a.py"]
    assert ("core/agents/_concurrency.py" in done.texts) == wanted.startswith("from")


def test_a_function_of_that_name_that_keeps_the_result_is_none() -> None:
    own = "import asyncio\n\n\nasync def limited(semaphore, request):\n"
    own += "    async with semaphore:\n        await request\n\n\n"
    text = fixed(own + FAN).texts["a.py"]
    assert "limited_2(semaphore, " in text and "async def limited_2(" in text
