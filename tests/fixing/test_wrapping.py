"""A request put under backoff where it stands."""

from __future__ import annotations

import pytest
from drafts import HAS_HELPER, back_off, call_only, changed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = «c.chat.completions.create»(1)\n", "x = with_backoff(c.chat.completions.create)(1)\n"),
        ("x = («c.chat.completions.create»)(1)\n", "x = (with_backoff(c.chat.completions.create))(1)\n"),
        ("run(«c.chat.completions.create», 1)\n", "run(with_backoff(c.chat.completions.create), 1)\n"),
        ("f = «c.a.b.create»  # kept\n", "f = with_backoff(c.a.b.create)  # kept\n"),
        ("«c . a\\\n . b.create» (1)\n", "with_backoff(c . a\\\n . b.create) (1)\n"),
        (
            "x = (\n    «c.a  # one\n    # two\n    .b\n    .create»(1)\n)\n",
            "x = (\n    with_backoff(c.a  # one\n    # two\n    .b\n    .create)(1)\n)\n",
        ),
        ("async def f():\n\treturn await «c.a.b.d»()\n", "async def f():\n\treturn await with_backoff(c.a.b.d)()\n"),
        ("@«c.a.b.create»\ndef f(): ...\n", "@with_backoff(c.a.b.create)\ndef f(): ...\n"),
        ('x = f"{«c.a.b.create»(1)!r:>10}"\n', 'x = f"{with_backoff(c.a.b.create)(1)!r:>10}"\n'),
        ("print(«c.a.b.create»(1)if x else 2)\n", "print(with_backoff(c.a.b.create)(1)if x else 2)\n"),
        ("[«c.a.b.create»(x)for x in y]\n", "[with_backoff(c.a.b.create)(x)for x in y]\n"),
        ("return_=lambda:«c.a.b.create»\n", "return_=lambda:with_backoff(c.a.b.create)\n"),
        ("x = 'ä', «c.a.b.create»(1)\r\ny = 2\n", "x = 'ä', with_backoff(c.a.b.create)(1)\r\ny = 2\n"),
    ],
)
def test_only_the_callable_is_wrapped(before: str, after: str) -> None:
    assert call_only(before) == after


@pytest.mark.parametrize(
    ("before", "depth", "after"),
    [
        ("«c.chat.create»(1)\n", 2, "with_backoff(c.with_options(max_retries=0).chat.create)(1)\n"),
        ("«self.c.chat.create»(1)\n", 2, "with_backoff(self.c.with_options(max_retries=0).chat.create)(1)\n"),
        ("«(c).chat.create»(1)\n", 2, "with_backoff((c).with_options(max_retries=0).chat.create)(1)\n"),
        ("«( c ).chat.create»(1)\n", 2, "with_backoff(( c ).with_options(max_retries=0).chat.create)(1)\n"),
        ("«get()[0].chat.create»(1)\n", 2, "with_backoff(get()[0].with_options(max_retries=0).chat.create)(1)\n"),
        ("«(a or b).chat.create»(1)\n", 2, "with_backoff((a or b).with_options(max_retries=0).chat.create)(1)\n"),
        (
            "x = («c  # why\n  .chat.create»(1))\n",
            2,
            "x = (with_backoff(c.with_options(max_retries=0)  # why\n  .chat.create)(1))\n",
        ),
        ("«create»(1)\n", 2, "refused: the client is not written where the request is"),
        ("«c().create»(1)\n", 2, "refused: the client is not written where the request is"),
    ],
)
def test_options_go_behind_the_client(before: str, depth: int, after: str) -> None:
    assert call_only(before, quiet="options", depth=depth) == after


def test_the_constructor_may_stand_inside_the_request() -> None:
    before = HAS_HELPER + "«⟪OpenAI(api_key=k)⟫.chat.completions.create»(1)\n"
    after = HAS_HELPER + "with_backoff(OpenAI(api_key=k, max_retries=0).chat.completions.create)(1)\n"
    assert changed(before, back_off(quiet="constructor")) == after


def test_a_place_that_holds_no_expression_is_refused() -> None:
    assert changed("x = «a.b» + 1\n".replace("» +", " +»"), back_off()) == "refused: no expression stands at this place"


@pytest.mark.parametrize(
    ("quiet", "before", "after"),
    [
        ("options", "«c.a.create»(1)\n", "c.with_options(max_retries=6).a.create(1)\n"),
        ("constructor", "c = ⟪OpenAI()⟫\n«c.a.create»(1)\n", "c = OpenAI(max_retries=6)\nc.a.create(1)\n"),
        ("already", "c = ⟪O(max_retries=0)⟫\n«c.a.create»(1)\n", "c = O(max_retries=6)\nc.a.create(1)\n"),
        ("module", "import openai\n«c.a.create»(1)\n", "import openai\n\nopenai.max_retries = 6\n\nc.a.create(1)\n"),
        ("already", "«c.a.create»(1)\n", "refused: the client is not made where its retries could be raised"),
    ],
)
def test_the_sdk_itself_can_wait_longer(quiet: str, before: str, after: str) -> None:
    assert changed(before, back_off(2, quiet=quiet), form="sdk") == after


def test_the_old_sdk_cannot() -> None:
    assert changed("«c.a.create»(1)\n", back_off(api="v0"), form="sdk").startswith("refused: SDK 0.x has no")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import openai\nx = 1\n", "import openai\n\nopenai.max_retries = 0\n\nx = 1\n"),
        ("import openai as oa\n\nx = 1\n", "import openai as oa\n\noa.max_retries = 0\n\nx = 1\n"),
        ("import openai\nopenai.max_retries = 0\nx = 1\n", "import openai\nopenai.max_retries = 0\nx = 1\n"),
        ("import openai\nopenai.max_retries = 9 # y\nx = 1\n", "import openai\nopenai.max_retries = 0 # y\nx = 1\n"),
    ],
)
def test_the_module_is_told_once(before: str, after: str) -> None:
    call, wrapped = "«c.a.create»(1)\n", "with_backoff(c.a.create)(1)\n"
    assert changed(before + HAS_HELPER + call, back_off(quiet="module")) == after + HAS_HELPER + wrapped
