"""What can be done together, what waits, and what is not done at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from drafts import HAS_HELPER, back_off, carry_out, draft

from oailint.findings import Change, FixPlan, Replace, SetArgument, Substitute
from oailint.fixing import declared
from oailint.fixing.diffs import Side, unified
from oailint.syntax.verbs.replacing import replaced
from oailint.syntax.verbs.splices import Splice, apply, conflict, overlap


def plan(*changes: Change) -> FixPlan:
    return FixPlan("t", changes)


def test_one_plan_of_two_at_one_place_waits() -> None:
    one = draft("x = «f(⟪a⟫)»\n")
    outer = plan(Substitute(one.places[0], "g()"))
    inner = plan(Substitute(one.places[1], "b"))
    done = carry_out({"a.py": one.text}, [inner, outer])
    assert (done.texts, len(done.applied), done.refused) == ({"a.py": "x = g()\n"}, 1, [])


def test_equal_changes_are_made_once_and_all_count() -> None:
    one = draft("x = «f(a)»\n")
    done = carry_out({"a.py": one.text}, [plan(SetArgument(one.places[0], "n", "0"))] * 3)
    assert (done.texts, len(done.applied)) == ({"a.py": "x = f(a, n=0)\n"}, 3)


def test_different_arguments_of_one_call_are_set_one_after_the_other() -> None:
    one = draft("x = «f(a)»\n")
    plans = [plan(SetArgument(one.places[0], name, "0")) for name in "nm"]
    done = carry_out({"a.py": one.text}, plans)
    assert (done.texts, len(done.applied), done.refused) == ({"a.py": "x = f(a, n=0)\n"}, 1, [])


def test_nested_requests_are_wrapped_together() -> None:
    one = draft(HAS_HELPER + "«c.a.create»(⟪c.b.create⟫(1))\n")
    plans = [plan(back_off(2)(place)) for place in one.places]
    done = carry_out({"a.py": one.text}, plans)
    assert done.texts["a.py"] == HAS_HELPER + "with_backoff(c.a.create)(with_backoff(c.b.create)(1))\n"


def test_requests_that_begin_at_one_place_are_wrapped_in_turn() -> None:
    """The beginning of both wrappers is the same text at the same place; it must not be taken for one."""
    one = draft(HAS_HELPER + "«⟪c.a.create⟫(1).b.create»(2)\n")
    plans = [plan(back_off(2)(place)) for place in one.places]
    done = carry_out({"a.py": one.text}, plans)
    assert len(done.applied) == 1
    assert done.texts["a.py"] == HAS_HELPER + "with_backoff(c.a.create(1).b.create)(2)\n"


def test_a_plan_for_two_files_is_made_in_both_or_in_none() -> None:
    use, made = draft(HAS_HELPER + "«c.a.create»(1)\n"), draft("c = ⟪OpenAI()⟫\n", "b.py")
    both = plan(back_off(2, quiet="constructor")(use.places[0], made.places[0]))
    files = {"a.py": use.text, "b.py": made.text}
    done = carry_out(files, [both])
    assert done.texts["b.py"] == "c = OpenAI(max_retries=0)\n" and "with_backoff(c.a" in done.texts["a.py"]
    assert done.applied[0][1] == {"a.py", "b.py"}
    done = carry_out(files, [both], editable={"a.py"})
    assert done.texts == {}
    assert done.refused[0][1] == "it takes a change of b.py, which is not among the files to fix"
    done = carry_out(files, [both], sound=lambda path, text: path != "b.py")
    assert (done.texts, done.applied) == ({}, [])
    assert done.refused[0][1] == "the file would not be Python any more"


def test_changes_of_one_plan_may_not_be_in_each_others_way() -> None:
    one = draft("x = «f(a)»\n")
    done = carry_out({"a.py": one.text}, [plan(*(SetArgument(one.places[0], name, "0") for name in "nm"))])
    assert done.refused[0][1] == "its changes are in each other's way"


def test_a_place_outside_the_file_is_refused() -> None:
    one = draft("x = «f(a)»\n")
    done = carry_out({"a.py": "\n"}, [plan(SetArgument(one.places[0], "n", "0"))])
    assert done.refused[0][1] == "the place is not in the file"


@pytest.mark.parametrize(
    ("before", "content", "after"),
    [
        ("x = 1  «# a»\n", "", "x = 1\n"),
        ("x = 1  «# a»  # b\n", "", "x = 1  # b\n"),
        ("x = 1  # b «# a»\r\n", "", "x = 1  # b\r\n"),
        ("  «# a»\r\nx\r\n", "", "x\r\n"),
        ("y\n\t«# a»", "", "y\n"),
        ("«# a»\ry\r", "", "y\r"),
        ("«# a»", "", ""),
        ("x  «# a»\r\n", "# b\n# c", "x  # b\r\n# c\r\n"),
    ],
)
def test_a_comment_removed_or_replaced(before: str, content: str, after: str) -> None:
    start, end = before.index("«"), before.index("»") - 1
    text = before.replace("«", "").replace("»", "")
    newline = "\r\n" if "\r\n" in text else "\n"
    assert apply(text, [replaced(text, start, end, content, newline)]) == after


def test_a_replacement_by_the_same_is_none() -> None:
    one = draft("x = 1  «# a»\n")
    assert carry_out({"a.py": one.text}, [plan(Replace(one.places[0], "# a"))]).texts == {}


@pytest.mark.parametrize(
    ("one", "other", "touching", "overlapping"),
    [
        ((1, 3), (3, 5), True, False),
        ((1, 3), (2, 5), True, True),
        ((1, 1), (1, 1), True, False),
        ((2, 2), (1, 3), True, True),
        ((1, 1), (1, 3), True, False),
        ((1, 2), (3, 4), False, False),
    ],
)
def test_conflicts(one: tuple[int, int], other: tuple[int, int], touching: bool, overlapping: bool) -> None:
    first, second = [Splice(*one, "a")], [Splice(*other, "b")]
    assert conflict(first, second) is conflict(second, first) is touching
    assert overlap(first, second) is overlap(second, first) is overlapping


# --- what is declared ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("pyproject.toml", '[project]\ndependencies = ["openai", "tenacity>=8 ; python_version > \'3\'"]', "tenacity"),
        ("pyproject.toml", '[project.optional-dependencies]\nretry = ["stamina[x]"]', "stamina"),
        ("pyproject.toml", '[dependency-groups]\ndev = ["backoff"]', "backoff"),
        ("pyproject.toml", '[tool.poetry.dependencies]\nbackoff = "^2"', "backoff"),
        ("pyproject.toml", '[tool.poetry.group.x.dependencies]\ntenacity = {version = "1"}', "tenacity"),
        ("pyproject.toml", '[tool.other]\nx = ["tenacity"]', "stdlib"),
        ("pyproject.toml", "[project\n", "stdlib"),
        ("requirements-dev.txt", "# tenacity\nbackoff==2.2\nStamina\n", "stamina"),
        ("requirements/base.txt", "-r other.txt\nTenacity # x\n", "tenacity"),
        ("setup.cfg", "[options]\ninstall_requires =\n    openai\n    backoff>=1\n", "backoff"),
        ("setup.py", "setup(install_requires=['tenacity>=1', \"x\"])", "tenacity"),
        ("setup.py", "setup(description='tenacious')", "stdlib"),
        ("other.txt", "tenacity", "stdlib"),
    ],
)
def test_the_form_that_a_project_declares(tmp_path: Path, name: str, text: str, form: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    assert declared.form(str(tmp_path), []) == form


def test_the_form_that_a_project_imports(tmp_path: Path) -> None:
    assert declared.form(str(tmp_path), ["os", "backoff"]) == "backoff"
    assert declared.form(str(tmp_path / "none"), []) == "stdlib"


# --- diffs --------------------------------------------------------------------------------------------------------


def test_a_diff_of_a_long_file_is_short() -> None:
    lines = [f"x{index % 3}\n" for index in range(30_000)]
    old, new = "".join(lines), "".join([*lines[:20_000], "y\n", *lines[20_000:]])
    text, is_masked = unified(Side("a.py", old), Side("a.py", new))
    assert not is_masked
    assert text.splitlines()[2] == "@@ -19998,6 +19998,7 @@"
    assert [line for line in text.splitlines() if line[0] == "+"] == ["+++ a.py", "+y"]
