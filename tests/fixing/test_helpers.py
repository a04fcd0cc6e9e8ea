"""Where the helper goes, and that one that is there is used again."""

from __future__ import annotations

import pytest
from drafts import HAS_HELPER, back_off, carry_out, draft

from oailint import backoff
from oailint.findings import FixPlan, Safety
from oailint.fixing.rounds import Round

CALL = "def ask(c):\n    return «c.chat.create»(1)\n"
WRAPPED = "def ask(c):\n    return with_backoff(c.chat.create)(1)\n"


def fixed(marked: str, path: str, others: dict[str, str] | None = None, **options: object) -> Round:
    asynchronous = bool(options.pop("asynchronous", False))
    api = str(options.pop("api", "v1"))
    one = draft(marked, path)
    plan = FixPlan("t", (back_off(2, asynchronous=asynchronous, api=api)(*one.places),), Safety.SAFE)
    return carry_out({path: one.text, **(others or {})}, [plan], **options)  # type: ignore[arg-type]


def reasons(done: Round) -> list[str]:
    return [reason for _, reason in done.refused]


# --- into the file ------------------------------------------------------------------------------------------------


def test_a_script_gets_the_helper_after_its_imports() -> None:
    text = fixed('"""Doc."""\nimport openai\n\n\n' + CALL, "a.py").texts["a.py"]
    helper = backoff.render("stdlib", sync=True, asynchronous=False, api="v1", taken=frozenset())
    head, _, rest = text.partition("\n\n\ndef with_backoff")
    assert head.startswith('"""Doc."""\n') and "import openai" in head and "import functools" in head
    assert "def with_backoff" + rest == helper.body[helper.body.index("def with_backoff") :] + "\n\n" + WRAPPED
    assert head.count("import openai") == 1


def test_the_helper_has_the_newlines_and_the_indentation_of_the_file() -> None:
    text = fixed("import openai\r\n\r\n\r\ndef ask(c):\r\n\treturn «c.chat.create»(1)\r\n", "a.py").texts["a.py"]
    assert "\n" not in text.replace("\r\n", "")
    assert not any(line.startswith(" ") for line in text.split("\r\n"))
    assert "\r\n\treturn with_backoff(c.chat.create)(1)\r\n" in text


def test_names_from_one_module_are_one_import(monkeypatch: pytest.MonkeyPatch) -> None:
    imports = (
        "from typing import Callable",
        "from typing import Any as _Any",
        "import openai",
        "from typing import TypeVar",
    )
    helper = backoff.Helper(imports, "def with_backoff(call):\n    return call()\n", {"sync": "with_backoff"})
    monkeypatch.setattr(backoff, "render", lambda *_, **__: helper)
    text = fixed(CALL, "a.py").texts["a.py"]
    assert text.startswith("from typing import Any as _Any, Callable, TypeVar\n\nimport openai\n\n\ndef with_backoff")


@pytest.mark.parametrize(("body", "gap"), [("# c\nX = 1\n\n\n", "\n\n"), ("", "\n\n\n"), ("@d\n", "\n\n\n")])
def test_there_are_as_many_empty_lines_as_isort_wants(body: str, gap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body += "def with_backoff(call):\n    return call()\n"
    helper = backoff.Helper(("import openai",), body, {"sync": "with_backoff"})
    monkeypatch.setattr(backoff, "render", lambda *_, **__: helper)
    assert fixed(CALL, "a.py").texts["a.py"] == f"import openai{gap}{body}\n\n{WRAPPED}"
    package = fixed(CALL, "app/a.py", PACKAGE).texts["app/_backoff.py"]
    assert package == f'"""Backoff for requests to OpenAI."""\n\nimport openai{gap}{body}'


def test_a_folder_that_is_no_package_is_a_script() -> None:
    assert "def with_backoff" in fixed(CALL, "tools/a.py", {"tools/b.py": ""}).texts["tools/a.py"]


def test_both_kinds_in_one_round() -> None:
    one = draft(CALL.replace("(c)", "(c, d)").replace("(1)", "(1), ⟪d.chat.create⟫(1)"), "a.py")
    plans = [
        FixPlan("t", (back_off(2, asynchronous=asynchronous)(place),), Safety.SAFE)
        for asynchronous, place in zip((False, True), one.places, strict=True)
    ]
    text = carry_out({"a.py": one.text}, plans).texts["a.py"]
    assert text.count("def with_backoff(") == 1 == text.count("def with_backoff_async(")
    assert "with_backoff(c.chat.create)(1), with_backoff_async(d.chat.create)(1)" in text


def test_a_helper_in_the_file_is_used_again() -> None:
    assert fixed(HAS_HELPER + CALL, "a.py").texts == {"a.py": HAS_HELPER + WRAPPED}


def test_the_missing_kind_is_added_to_a_helper_that_fixes_wrote() -> None:
    first = fixed("import openai\n\n\n" + CALL, "a.py").texts["a.py"]
    both = fixed(first + "\n\nasync def more(c):\n    return await «c.chat.create»(1)\n", "a.py", asynchronous=True)
    text = both.texts["a.py"]
    assert text.count("def with_backoff(") == 1 == text.count("def with_backoff_async(")
    body = backoff.render("stdlib", sync=True, asynchronous=True, api="v1", taken=frozenset()).body
    assert body in text


def test_the_missing_kind_is_added_beside_a_helper_of_the_users_making() -> None:
    text = fixed("import openai\n\n\n" + HAS_HELPER + CALL, "a.py", asynchronous=True).texts["a.py"]
    assert HAS_HELPER in text
    assert "with_backoff_async(c.chat.create)" in text and "def with_backoff_async(" in text


@pytest.mark.parametrize(
    "other",
    [
        "def with_backoff(tries):\n    def decorate(f):\n        return f\n    return decorate\n",
        "def with_backoff(tries):\n    for _ in range(tries):\n        pass\n",
        "def with_backoff(f):\n    @functools.wraps(f)\n    def c(*a):\n        return f(*a)\n    return c\n",
        "def with_backoff(f):\n    return f()\n",
        "with_backoff = 3\n",
        "from elsewhere import with_backoff\n",
    ],
)
def test_another_thing_of_that_name_is_none(other: str) -> None:
    text = fixed("import openai\n" + other + "\n\n" + CALL, "a.py").texts["a.py"]
    assert other in text
    assert "return with_backoff_2(c.chat.create)(1)" in text and "def with_backoff_2(" in text


def test_a_local_name_that_hides_the_helper_is_refused() -> None:
    call = "def ask(c, with_backoff):\n    return «c.chat.create»(1)\n"
    assert reasons(fixed(HAS_HELPER + call, "a.py")) == ["`with_backoff` means something else here"]


def test_the_helper_of_the_other_sdk_is_not_used() -> None:
    old = HAS_HELPER + "import openai.error\n\n\n"
    assert reasons(fixed(old + CALL, "a.py")) == ["the helper in this file is for another version of the SDK"]


# --- a module of its own ------------------------------------------------------------------------------------------

PACKAGE = {"app/__init__.py": "", "app/sub/__init__.py": ""}


def test_a_package_gets_one_module() -> None:
    done = fixed("import os\n\n\n" + CALL, "app/sub/a.py", PACKAGE)
    assert done.texts["app/sub/a.py"] == "import os\n\nfrom app._backoff import with_backoff\n\n\n" + WRAPPED
    assert "def with_backoff(" in done.texts["app/_backoff.py"]
    assert set(done.texts) == {"app/sub/a.py", "app/_backoff.py"}


@pytest.mark.parametrize(
    ("imports", "path", "expected"),
    [
        ("from . import x\n", "app/a.py", "from . import x\nfrom ._backoff import with_backoff\n"),
        ("from .y import x\n", "app/sub/a.py", "from .._backoff import with_backoff\nfrom .y import x\n"),
        ("from app.y import x\n", "app/a.py", "from app._backoff import with_backoff\nfrom app.y import x\n"),
        ("from app import x\n", "app/a.py", "from app import x\nfrom app._backoff import with_backoff\n"),
    ],
)
def test_it_is_imported_in_the_files_own_style(imports: str, path: str, expected: str) -> None:
    assert fixed(imports + "\n\n" + CALL, path, PACKAGE).texts[path] == expected + "\n\n" + WRAPPED


def test_the_top_package_may_be_below_a_root() -> None:
    done = fixed(CALL, "src/app/a.py", {"src/app/__init__.py": ""})
    assert "src/app/_backoff.py" in done.texts
    assert done.texts["src/app/a.py"].startswith("from app._backoff import with_backoff\n")


@pytest.mark.parametrize(
    ("imports", "path", "expected"),
    [
        ("", "a.py", "from lib.app._backoff import with_backoff\n"),
        ("from . import x\n", "a.py", "from . import x\nfrom ._backoff import with_backoff\n"),
        ("from . import x\n", "sub/a.py", "from . import x\nfrom .._backoff import with_backoff\n"),
    ],
)
def test_the_folder_of_the_project_may_be_the_package(imports: str, path: str, expected: str) -> None:
    done = fixed(imports + "\n\n" + CALL, path, {"__init__.py": "", "sub/__init__.py": ""}, package="lib.app")
    assert "_backoff.py" in done.texts
    assert done.texts[path].lstrip() == expected + "\n\n" + WRAPPED


def test_a_module_that_is_there_is_used_and_not_touched() -> None:
    done = fixed(CALL, "app/a.py", {**PACKAGE, "app/_backoff.py": HAS_HELPER}, editable={"app/a.py"})
    assert set(done.texts) == {"app/a.py"}


def test_the_missing_kind_is_added_to_a_module_that_may_be_changed() -> None:
    module = fixed(CALL, "app/a.py", PACKAGE).texts["app/_backoff.py"]
    there = {**PACKAGE, "app/_backoff.py": module}
    done = fixed(CALL, "app/a.py", there, asynchronous=True)
    assert {"def with_backoff(", "def with_backoff_async("} <= {
        line.partition("(")[0] + "(" for line in done.texts["app/_backoff.py"].split("\n")
    }
    refused = fixed(CALL, "app/a.py", there, asynchronous=True, editable={"app/a.py"})
    assert reasons(refused) == ["it takes a change of app/_backoff.py, which is not among the files to fix"]


def test_a_module_that_was_edited_is_left_alone() -> None:
    there = {**PACKAGE, "app/_backoff.py": HAS_HELPER}
    done = fixed(CALL, "app/a.py", there, asynchronous=True)
    assert reasons(done) == ["app/_backoff.py lacks `with_backoff_async`, and is not as oailint wrote it"]
    done = fixed(CALL, "app/a.py", {**PACKAGE, "app/_backoff.py": "x = 1\n"})
    assert reasons(done) == ["app/_backoff.py is there already, and holds no helper"]


def test_a_script_inside_a_package_gets_it_inline() -> None:
    done = fixed("import neighbour\n\n\n" + CALL, "app/a.py", {**PACKAGE, "app/neighbour.py": ""})
    assert set(done.texts) == {"app/a.py"}


def test_a_name_that_is_taken_gets_a_number() -> None:
    done = fixed("with_backoff = 1\n\n\n" + CALL, "app/a.py", PACKAGE)
    expected = "from app._backoff import with_backoff as with_backoff_2\n\nwith_backoff = 1\n\n\n"
    assert done.texts["app/a.py"] == expected + WRAPPED.replace("with_backoff", "with_backoff_2")


def test_nothing_is_created_where_nothing_may_be() -> None:
    done = fixed(CALL, "app/a.py", PACKAGE, may_create=False)
    assert reasons(done) == ["it takes a new file app/_backoff.py, and no file is written in this run"]


def test_only_named_files_change() -> None:
    done = fixed(CALL, "a.py", editable=set())
    assert reasons(done) == ["it takes a change of a.py, which is not among the files to fix"]


# --- a configured helper ------------------------------------------------------------------------------------------


def test_a_configured_helper_is_imported() -> None:
    there = {**PACKAGE, "app/net.py": "def patient(f): ...\n"}
    done = fixed(CALL, "b.py", there, helper="app.net:patient")
    assert done.texts == {
        "b.py": "from app.net import patient\n\n\n" + WRAPPED.replace("with_backoff", "patient"),
    }


def test_a_configured_helper_is_made() -> None:
    done = fixed(CALL, "b.py", PACKAGE, helper="app.net:patient", asynchronous=True)
    assert done.texts["b.py"].startswith("from app.net import patient_async\n")
    assert "def patient_async(" in done.texts["app/net.py"] and "with_backoff" not in done.texts["app/net.py"]


def test_a_configured_helper_in_no_package_is_refused() -> None:
    done = fixed(CALL, "b.py", helper="none.net:patient")
    assert reasons(done) == ["the package of the configured helper `none.net:patient` is not in the project"]


# --- what is imported when ----------------------------------------------------------------------------------------


def test_an_import_that_runs_later_does_not_count() -> None:
    text = fixed("import os\n\n«c.chat.create»(1)\nimport time\n", "a.py").texts["a.py"]
    assert text.index("import time\n") < text.index("def with_backoff(") < text.index("with_backoff(c.chat")
    assert text.count("import time\n") == 2


def test_an_import_below_a_function_counts_in_it() -> None:
    text = fixed(CALL + "\n\nimport time\n", "a.py").texts["a.py"]
    assert text.count("import time\n") == 1


def test_deep_expressions() -> None:
    deep = "x = " + "f(" * 150 + "1" + ")" * 150 + "\ny = z" + ".b()" * 190 + "\n"
    assert "def with_backoff(" in fixed(deep + CALL, "a.py").texts["a.py"]
