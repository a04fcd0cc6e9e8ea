"""What ``--verbose`` says of a request: each layer on each way to it, and why it counts or does not."""

from __future__ import annotations

from oailint.config import Config
from oailint.project.meaning import link
from oailint.syntax.extract import extract


def explained(**files: str) -> list[str]:
    """The notes on all requests of a project, given its files by the names of modules."""
    facts = {f"{name}.py": extract(text) for name, text in files.items()}
    return link(facts, Config(), explain=True).explain(set(facts), lambda path: f"src/{path}")


CLIENT = "from openai import OpenAI\n\nclient = OpenAI()\n\n\n"
ASK = "def ask(text):\n    return client.responses.create(model='gpt-4.1', input=text)\n"


def test_each_way_to_a_request_is_told_with_paths_as_they_are_shown() -> None:
    a = CLIENT + ASK
    b = (
        "import tenacity\nfrom a import ask\n\n\n@tenacity.retry\ndef patient(text):\n    return ask(text)\n\n\n"
        "def hasty(text):\n    return ask(text)\n\n\ndef main():\n    patient('x')\n"
    )
    assert explained(a=a, b=b) == [
        "src/a.py:7: `client.responses.create` (v1, high confidence): retry default: client is openai.OpenAI",
        "  the client of src/a.py:3 has the SDK's default of 2 retries: does not count as backoff",
        "  src/a.py:7: `client.responses.create` in `ask`: nothing around it retries",
        "  src/b.py:7: `ask` in `patient`: nothing around it retries",
        "  src/b.py:11: `ask` in `hasty`: nothing around it retries",
        "  src/b.py:15: `patient` in `main`: retried by tenacity.retry: counts",
        "  `hasty` may be called from outside: nothing retries there",
    ]


def test_a_client_that_retries_is_all_there_is_to_say() -> None:
    text = CLIENT.replace("OpenAI()", "OpenAI(max_retries=6)") + ASK
    assert explained(a=text)[1:] == ["  the client of src/a.py:3 is given `max_retries`: counts"]


def test_a_client_without_retries() -> None:
    text = CLIENT.replace("OpenAI()", "OpenAI(max_retries=0)") + ASK
    assert "  the client of src/a.py:3 has `max_retries=0`: no retries of its own" in explained(a=text)


def test_a_handler_that_gives_up() -> None:
    text = CLIENT + "def ask(text):\n    try:\n        return client.responses.create(input=text)\n"
    text += "    except Exception:\n        return None\n"
    assert any(line.endswith("in `ask`: the handler at line 9 does not send it again") for line in explained(a=text))


def test_a_decorator_that_never_sees_the_error() -> None:
    text = "import tenacity\n" + CLIENT + "@tenacity.retry\ndef ask(text):\n    try:\n"
    text += "        return client.responses.create(input=text)\n    except Exception:\n        return None\n"
    assert explained(a=text)[-1] == (
        "  `ask` may be called from outside: its decorator tenacity.retry does not count: "
        "the error is caught before it comes there"
    )


def test_a_decorator_of_a_generator() -> None:
    text = "import tenacity\n" + CLIENT + "@tenacity.retry\ndef ask(text):\n"
    text += "    for event in client.responses.create(input=text, stream=True):\n        yield event\n"
    assert explained(a=text)[-1].endswith("tenacity.retry does not count: it does not repeat a generator")


def test_a_decorator_that_waits_for_another_error() -> None:
    text = "import tenacity\n" + CLIENT + "@tenacity.retry(retry=tenacity.retry_if_exception_type(KeyError))\n" + ASK
    assert explained(a=text)[-1].endswith("tenacity.retry does not count: it does not retry what a request raises")


def test_a_retry_loop_is_named_with_its_place() -> None:
    text = CLIENT + "def ask(text):\n    for _ in range(6):\n        try:\n"
    text += "            return client.responses.create(input=text)\n        except Exception:\n            continue\n"
    assert explained(a=text)[-1].endswith("in `ask`: retried by retry loop (src/a.py:10): counts")


def test_many_ways_are_cut_short() -> None:
    calls = "".join(f"def caller_{i}():\n    ask('x')\n\n\n" for i in range(60))
    assert explained(a=CLIENT + ASK + "\n\n" + calls)[-1].startswith("  ... and ")


def test_only_the_requests_of_the_named_files() -> None:
    facts = {f"{name}.py": extract(CLIENT + ASK) for name in "ab"}
    notes = link(facts, Config(), explain=True).explain({"b.py"})
    assert notes and all("a.py" not in note for note in notes)
