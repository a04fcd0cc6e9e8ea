"""What linking remembers so as not to work things out again changes nothing that it learns."""

from __future__ import annotations

from oailint.config import Config
from oailint.project.memo import MOST, Memo
from oailint.project.modules import Modules
from oailint.project.program import Program
from oailint.project.state import FEW_VALUES, LIMITS, MOST_SHARED, State
from oailint.project.values import Items, Plain, String, Value

KEY = ("name", 0, "x")


def empty() -> State:
    program = Program({})
    return State(program, Modules(()), Config())


def numbers(start: int, end: int) -> list[Value]:
    return [Plain(number, "integer") for number in range(start, end)]


def test_what_came_too_late_stays_out_and_wakes_nobody() -> None:
    state = empty()
    ran = []
    state.units.append((lambda: ran.append(state.read(KEY)),))
    state.enqueue(0)
    state.run()
    state.add(KEY, [Items(number) for number in range(FEW_VALUES)])
    state.add(KEY, numbers(0, 20))
    state.run()
    held = state.known(KEY)
    runs = len(ran)
    assert 0 < len([one for one in held if isinstance(one, Plain)]) <= LIMITS["plain"]
    state.add(KEY, numbers(0, 30))
    state.run()
    assert state.known(KEY) == held
    assert len(ran) == runs


def test_what_came_too_late_leaves_room_for_other_kinds() -> None:
    state = empty()
    state.add(KEY, [*(Items(number) for number in range(FEW_VALUES)), *numbers(0, 20)])
    state.add(KEY, [*numbers(0, 20), String("openai")])
    assert String("openai") in state.known(KEY)


def test_a_reader_runs_again_however_it_reads() -> None:
    state = empty()
    variable = state.variable(KEY)
    ran: list[str] = []
    state.units.append((lambda: ran.append(f"key {len(state.read(KEY))}"),))
    state.units.append((lambda: ran.append(f"variable {len(state.look(variable))}"),))
    for unit in range(2):
        state.enqueue(unit)
    state.run()
    state.add(KEY, numbers(0, 1))
    state.run()
    assert ran == ["key 0", "variable 0", "key 1", "variable 1"]


def test_reading_after_linking_makes_no_variables() -> None:
    state = empty()
    assert not state.read(KEY)
    assert not state.known(KEY)
    assert not state.variables


def test_a_memo_asks_once_and_forgets_rather_than_grow() -> None:
    asked: list[int] = []

    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    memo = Memo(double)
    assert [memo(3), memo(3)] == [6, 6]
    assert asked == [3]
    for number in range(MOST + 10):
        assert memo(number) == 2 * number
    assert len(memo._known) <= MOST


def test_equal_numbers_of_different_types_are_not_mixed_up() -> None:
    """0 equals 0.0: an answer about a set that holds the one must not give the other."""
    from oailint import check_source

    text = (
        "import requests\n\n\ndef ask(version):\n"
        '    return requests.post(f"https://api.openai.com/v{version}/chat/completions", json={})\n\n\n'
        "def other(number):\n    return number\n\n\nother(1)\nask(1.0)\n"
    )
    found = check_source(text).findings
    assert found
    assert "/v1.0/" in str(found)


def test_variables_that_hold_the_same_share_it() -> None:
    state = empty()
    one, other = ("name", 0, "one"), ("name", 0, "other")
    for number in range(3):
        state.add(one, [Items(number)])
        state.add(other, [Items(number)])
    assert state.known(one) is state.known(other) and len(state.known(one)) == 3
    for number in range(MOST_SHARED + 5):
        state.add(("name", 1, str(number)), [Items(number)])
    assert len(state._sets) <= MOST_SHARED


def test_equal_numbers_of_different_types_are_not_shared() -> None:
    state = empty()
    state.add(("name", 0, "one"), [Plain(1, "integer")])
    state.add(("name", 0, "other"), [Plain(1.0, "real")])
    assert [str(value) for value in state.known(("name", 0, "other"))] == [str(Plain(1.0, "real"))]
