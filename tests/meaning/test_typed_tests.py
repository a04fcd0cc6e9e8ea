"""Plans for tests on the text of an error: what is put in their place, how sure it is, and why there is none."""

from __future__ import annotations

import pytest
from planned import applied, findings

from oailint import fix_source
from oailint.findings import Finding, Safety

HEAD = """import re
import time
import traceback

import openai
from openai import OpenAI

client = OpenAI(max_retries=6)
CODES = ("500", "502", "503")
MIXED = ["429", "rate limit", "timed out"]


"""
TRY = """def ask(prompt):
    try:
        return client.responses.create(model="gpt-4.1", input=prompt).output_text
    except Exception as e:
"""

RATE = "isinstance(e, openai.RateLimitError)"
QUOTA = f'{RATE} and "insufficient_quota" in (e.code, e.type)'
NO_QUOTA = '"insufficient_quota" not in (e.code, e.type)'
LENGTH = 'isinstance(e, openai.BadRequestError) and e.code == "context_length_exceeded"'
KEY = "openai.AuthenticationError"
LATE = "isinstance(e, openai.APITimeoutError)"
STATUS = "isinstance(e, openai.APIStatusError) and e.status_code"


def module(*lines: str) -> str:
    """A module that handles an error by ``lines``."""
    return HEAD + TRY + "".join(f"        {line}\n" for line in (*lines, "raise"))


def one(text: str) -> Finding:
    found = findings(text, "OAI201")
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("test", "typed", "safety"),
    [
        ('"429" in str(e)', RATE, Safety.SAFE),
        ('"429" in e.message', RATE, Safety.SAFE),
        ('"429" in f"{e}"', RATE, Safety.SAFE),
        ('"429" in f"failed: {e}"', RATE, Safety.UNSAFE),
        ('"429" in e.args[0]', RATE, Safety.SAFE),
        ('"Error code: 429" in str(e)', RATE, Safety.SAFE),
        ('str(e).startswith("Error code: 429")', RATE, Safety.SAFE),
        ('"429 at the gateway" in str(e)', RATE, Safety.UNSAFE),
        (
            'str(e) in ("Request timed out.", "429")',
            "isinstance(e, (openai.APITimeoutError, openai.RateLimitError))",
            Safety.UNSAFE,
        ),
        (
            'str(e).startswith(("Error code: 429", "Error code: 401"))',
            f"isinstance(e, (openai.RateLimitError, {KEY}))",
            Safety.SAFE,
        ),
        ('str(e).startswith("429")', RATE, Safety.UNSAFE),
        ('e.message.endswith("timed out.")', LATE, Safety.UNSAFE),
        ('re.match("429", str(e))', RATE, Safety.UNSAFE),
        ('re.fullmatch("429", str(e))', RATE, Safety.UNSAFE),
        ('"429" in str(e)[:20]', RATE, Safety.UNSAFE),
        ('"429" in str(e).split()', RATE, Safety.UNSAFE),
        ('"429" in str(e).replace("_", " ")', RATE, Safety.UNSAFE),
        ('"429" in "failed: " + str(e)', RATE, Safety.UNSAFE),
        ('"429" in (str(e) or prompt + "429")', RATE, Safety.UNSAFE),
        ('"429" in getattr(e, "message", str(e))', RATE, Safety.SAFE),
        ('"429" in (e.message if hasattr(e, "message") else str(e))', RATE, Safety.SAFE),
        ('"429" not in str(e)', f"not {RATE}", Safety.SAFE),
        ('not "429" in str(e)', f"not {RATE}", Safety.SAFE),
        ('not ("429" not in str(e))', RATE, Safety.SAFE),
        ('"insufficient_quota" not in str(e)', f"not ({QUOTA})", Safety.SAFE),
        ('"rate limit" in str(e).lower()', RATE, Safety.UNSAFE),
        ('"RateLimitError" in str(e)', RATE, Safety.SAFE),
        ('"insufficient_quota" in str(e)', QUOTA, Safety.SAFE),
        ('"context_length_exceeded" in repr(e)', LENGTH, Safety.SAFE),
        ('"429" in traceback.format_exc()', RATE, Safety.UNSAFE),
        ('str(e) == "Request timed out."', LATE, Safety.UNSAFE),
        ('str(e).find("429") >= 0', RATE, Safety.SAFE),
        ('str(e).find("429") == -1', f"not {RATE}", Safety.SAFE),
        ('str(e).count("429") > 0', RATE, Safety.SAFE),
        ('re.search("429", str(e))', RATE, Safety.SAFE),
        ('re.search(r"rate limit|429", str(e))', RATE, Safety.UNSAFE),
        ('re.search(r"(?i)(timed\\s+out|timeout)", str(e))', LATE, Safety.UNSAFE),
        ('re.search("429", str(e)) is None', f"not {RATE}", Safety.SAFE),
        ('not re.search("429", str(e))', f"not {RATE}", Safety.SAFE),
        ("any(code in str(e) for code in CODES)", f"{STATUS} in (500, 502, 503)", Safety.SAFE),
        ("any([code in str(e) for code in CODES])", f"{STATUS} in (500, 502, 503)", Safety.SAFE),
        ("all(code not in str(e) for code in CODES)", f"not ({STATUS} in (500, 502, 503))", Safety.SAFE),
        (
            "any(text.lower() in str(e).lower() for text in MIXED)",
            "isinstance(e, (openai.RateLimitError, openai.APITimeoutError))",
            Safety.UNSAFE,
        ),
        ('any(text in str(e) for text in ["429", "503"])', f"{RATE} or ({STATUS} == 503)", Safety.SAFE),
        ('"429" in str(e) or "rate limit" in str(e)', RATE, Safety.UNSAFE),
        ('"429" in str(e) or "insufficient_quota" in str(e)', RATE, Safety.SAFE),
        ('"insufficient_quota" in str(e) or "quota" in str(e)', QUOTA, Safety.SAFE),
        ('"429" in str(e) and "quota" in str(e)', QUOTA, Safety.SAFE),
        ('"429" in str(e) or "503" in str(e)', f"{RATE} or ({STATUS} == 503)", Safety.SAFE),
        ('"429" in str(e) and prompt', f"{RATE} and prompt", Safety.SAFE),
        (
            'prompt and ("429" in str(e) or "timed out" in str(e))',
            "prompt and (isinstance(e, (openai.RateLimitError, openai.APITimeoutError)))",
            Safety.SAFE,
        ),
        ('"timed out" in str(e) or "connection" in str(e)', "isinstance(e, openai.APIConnectionError)", Safety.UNSAFE),
        ('any(["429" in str(e), "rate limit" in str(e)])', RATE, Safety.UNSAFE),
        ('all(("429" in str(e), "quota" in str(e)))', QUOTA, Safety.SAFE),
        ('bool("429" in str(e))', RATE, Safety.SAFE),
        ('"429" in str(e) and "insufficient_quota" not in str(e)', f"{RATE} and {NO_QUOTA}", Safety.SAFE),
        ('"insufficient_quota" not in str(e) and "429" in str(e)', f"{RATE} and {NO_QUOTA}", Safety.SAFE),
        ('isinstance(e, openai.RateLimitError) or "429" in str(e)', RATE, Safety.SAFE),
        ('isinstance(e, openai.RateLimitError) and "quota" in str(e)', QUOTA, Safety.SAFE),
        ('len(prompt) > 9 or "429" in str(e) or "rate limit" in str(e)', f"len(prompt) > 9 or {RATE}", Safety.UNSAFE),
        (
            'len(prompt) > 9 and ("429" in str(e) or "rate limit" in str(e)) and "quota" not in str(e)',
            f"len(prompt) > 9 and {RATE} and {NO_QUOTA}",
            Safety.UNSAFE,
        ),
        ('type(e).__name__ == "RateLimitError"', RATE, Safety.SAFE),
        ('type(e).__name__ != "RateLimitError"', f"not {RATE}", Safety.SAFE),
        ('e.__class__.__name__ == "APIConnectionError"', "isinstance(e, openai.APIConnectionError)", Safety.UNSAFE),
        (
            'type(e).__name__ in ("RateLimitError", "APITimeoutError")',
            "isinstance(e, (openai.RateLimitError, openai.APITimeoutError))",
            Safety.SAFE,
        ),
        ('"Timeout" in type(e).__name__', LATE, Safety.SAFE),
        (
            '"connection error" in str(e).lower()',
            "isinstance(e, openai.APIConnectionError) and not " + LATE,
            Safety.UNSAFE,
        ),
    ],
)
def test_a_test_becomes_a_typed_one(test: str, typed: str, safety: Safety) -> None:
    text = module(f"if {test}:", "    return None")
    plan = one(text).plan
    assert plan is not None
    assert applied(text, plan) == text.replace(test, typed)
    assert plan.safety is safety


def test_each_branch_is_a_test_of_its_own_and_the_variable_is_left_over() -> None:
    text = module(
        "text = str(e).lower()", 'if "timed out" in text:', "    return 1", 'elif "429" in text:', "    return 2"
    )
    first, second = findings(text, "OAI201")
    assert first.plan is not None and second.plan is not None
    assert f"if {LATE}:" in applied(text, first.plan)
    assert f"elif {RATE}:" in applied(text, second.plan)
    assert [place.span.line for place in first.plan.leftovers] == [17]


def test_a_variable_made_in_steps() -> None:
    text = module("text = str(e)", "text = text.lower()", 'limited = "429" in text', "print(limited)")
    plan = one(text).plan
    assert plan is not None and plan.safety is Safety.SAFE
    assert f"limited = {RATE}" in applied(text, plan)
    assert [place.span.line for place in plan.leftovers] == [17, 18]


PREDICATE = """def is_limit(error):
    text = str(error)
    return "429" in text


"""
ASKING = ("if is_limit(e):", "    return None")


def test_a_helper_asks_its_own_parameter() -> None:
    text = module(*ASKING).replace(TRY, PREDICATE + TRY)
    plan = one(text).plan
    assert plan is not None and plan.safety is Safety.SAFE
    assert "return isinstance(error, openai.RateLimitError)" in applied(text, plan)


def test_a_helper_that_is_shown_other_errors_too_is_unsure() -> None:
    other = "def load(path):\n    try:\n        return open(path).read()\n    except Exception as e:\n"
    text = module(*ASKING).replace(TRY, PREDICATE + other + "        return is_limit(e)\n\n\n" + TRY)
    plan = one(text).plan
    assert plan is not None and plan.safety is Safety.UNSAFE


REQUEST = '        return client.responses.create(model="gpt-4.1", input=prompt).output_text\n'


@pytest.mark.parametrize(
    ("body", "safety"),
    [
        ("        answer = client.responses.create(input=prompt)\n        print(answer)\n", Safety.SAFE),
        ("        a = client.responses.create(input=prompt)\n        return a.output[0].text.strip()\n", Safety.SAFE),
        ("        time.sleep(1)\n" + REQUEST, Safety.SAFE),
        ("        prompt = open(prompt).read()\n" + REQUEST, Safety.UNSAFE),
        ("        import json\n" + REQUEST, Safety.UNSAFE),
        ("        prompt = unknown(prompt)\n" + REQUEST, Safety.UNSAFE),
        ("        if not prompt:\n            raise ValueError('429')\n" + REQUEST, Safety.UNSAFE),
        ("        assert prompt\n" + REQUEST, Safety.UNSAFE),
    ],
)
def test_safe_only_if_all_that_can_raise_is_of_openai(body: str, safety: Safety) -> None:
    text = module('if "429" in str(e):', "    return None").replace(REQUEST, body)
    plan = one(text).plan
    assert plan is not None and plan.safety is safety
    text = text.replace("except Exception", "except openai.APIError")
    plan = one(text).plan
    assert plan is not None and plan.safety is Safety.SAFE


def test_an_endpoint_that_gives_no_code_is_unsure() -> None:
    text = module('if "maximum context length" in str(e):', "    return None")
    plan = one(text.replace("client.responses.create", "client.completions.create")).plan
    assert plan is not None and plan.safety is Safety.UNSAFE


def test_such_an_endpoint_behind_a_function() -> None:
    helper = "def send(prompt):\n    return client.completions.create(model='davinci-002', prompt=prompt)\n\n\n"
    text = module('if "maximum context length" in str(e):', "    return None").replace(TRY, helper + TRY)
    text = text.replace(REQUEST, "        return send(prompt)\n").replace("except Exception", "except openai.APIError")
    plan = one(text).plan
    assert plan is not None and plan.safety is Safety.UNSAFE


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (['if "try again in" in str(e):', "    pass"], "Retry-After"),
        (['if "Please reduce your prompt" in str(e):', "    pass"], "no code"),
        (['if "flux" in str(e):', "    pass"], '"flux"'),
        (['if type(e).__name__ != "APIError":', "    pass"], 'classes below "APIError"'),
        (['if type(e).__name__ == "APIStatusError":', "    pass"], 'classes below "APIStatusError"'),
        (['if type(e).__name__.endswith("Error"):', "    pass"], "too many classes"),
        (['if "429" in str(e) or "flux" in str(e):', "    pass"], '"flux"'),
        (['found = re.search("429", str(e))', "print(found)"], "what the search finds is used"),
        (['if re.search("4[0-9]9", str(e)):', "    pass"], "more than plain words"),
        (["if prompt in str(e):", "    pass"], "not a fixed text"),
        (["text = str(e)", "e = None", 'if "429" in text:', "    pass"], "another value"),
        (["text = str(e)", "del e", 'if "429" in text:', "    pass"], "another value"),
        (["e = e.__cause__ or e", 'if "429" in str(e):', "    pass"], "another value"),
        (['if "429" in str(e) and "timed out" in str(e):', "    pass"], "no exception is at once"),
        (["match str(e):", '    case "429":', "        pass"], "match"),
        (["for code in CODES:", "    if code in str(e):", "        print(code)"], "not a fixed text"),
    ],
)
def test_no_plan_and_why(lines: list[str], reason: str) -> None:
    finding = one(module(*lines))
    assert finding.plan is None
    assert reason in finding.unfixable


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (['if "429" in (text := str(e)):', "    print(text)"], "names a value"),
        (['if "429" in str(e.__cause__):', "    pass"], "another exception"),
        (['if "429" in str(e.__cause__ or e):', "    pass"], "another exception"),
        (["text = str(e)", 'text = "busy"', 'if "429" in text:', "    pass"], "`text` can hold another text"),
        (["text = str(e)", "if prompt:", '    text = "429"', 'if "429" in text:', "    pass"], "can hold another text"),
        (
            ["text = str(e)", "for _ in CODES:", '    if "429" in text:', "        pass", '    text = "busy"'],
            "`text` can hold another text",
        ),
        (
            ["text = str(e)", "if e.body:", "    text = str(e.body)", 'if "429" in text:', "    pass"],
            "can hold another text",
        ),
        (['if any(sign in str(e) for sign in "429"):', "    pass"], "not a fixed text"),
        (['if any(code in str(e) for code in "429 503".split()):', "    pass"], "not a fixed text"),
        (["if re.finditer('429', str(e)):", "    pass"], "what the search finds is used"),
        (
            ["def shown(text):", "    print(text)", "    return text", 'if "429" in shown(str(e)):', "    pass"],
            "function",
        ),
    ],
)
def test_a_test_that_says_more_has_no_plan(lines: list[str], reason: str) -> None:
    finding = one(module(*lines))
    assert finding.plan is None
    assert reason in finding.unfixable


@pytest.mark.parametrize(
    "lines",
    [
        ["text = str(e)", 'if "429" in text:', '    text = "busy"', "print(text)"],
        ['text = "nothing"', "text = str(e)", 'if "429" in text:', "    pass"],
        ["for _ in CODES:", "    text = str(e)", '    if "429" in text:', "        pass", '    text = "busy"'],
        ["if (text := str(e)) and '429' in text:", "    print(text)"],
    ],
)
def test_other_texts_of_a_variable_that_do_not_come_to_the_test(lines: list[str]) -> None:
    plan = one(module(*lines)).plan
    assert plan is not None and plan.safety is Safety.SAFE


def test_a_text_that_is_added_to_is_unsure() -> None:
    plan = one(module("text = str(e)", 'text += " or 429"', 'if "429" in text:', "    pass")).plan
    assert plan is not None and plan.safety is Safety.UNSAFE


def test_a_name_that_a_comprehension_binds_again_is_unsure() -> None:
    plan = one(module('print(["429" in str(e) for e in (e, ValueError("429"))])')).plan
    assert plan is not None and plan.safety is Safety.UNSAFE


@pytest.mark.parametrize(
    "lines",
    [
        ["cause = e.__cause__ or e", 'if "429" in str(cause):', "    pass"],
        ["def low(error):", "    return str(error).lower()", 'if "429" in low(e):', "    pass"],
        ["text, other = str(e), prompt", 'if "429" in text:', "    print(other)"],
    ],
)
def test_what_may_be_another_text_is_unsure(lines: list[str]) -> None:
    plan = one(module(*lines)).plan
    assert plan is not None and plan.safety is Safety.UNSAFE


@pytest.mark.parametrize("name", ["openai", "RateLimitError"])
def test_an_exception_that_is_named_as_what_is_needed(name: str) -> None:
    text = module(f'if "429" in str({name}):', "    return None").replace("as e:", f"as {name}:")
    text = text.replace("import openai\n", "").replace("import OpenAI", "import OpenAI, RateLimitError")
    fixed = fix_source(text).text
    compile(fixed, "<fixed>", "exec")
    spelled = "RateLimitError_2" if name == "RateLimitError" else "RateLimitError"
    assert f"if isinstance({name}, {spelled}):" in fixed


def test_an_error_that_may_be_of_anything_has_no_plan() -> None:
    unknown = "        return prompt.send()\n"
    text = module('if "429" in str(e):', "    return None").replace(REQUEST, unknown)
    assert one(text).unfixable == "it is not known that an error of OpenAI's comes here"


def test_an_exception_in_an_attribute() -> None:
    text = HEAD + "class Job:\n    def run(self, prompt):\n        try:\n"
    text += "            return client.responses.create(input=prompt)\n        except Exception as e:\n"
    text += '            self.error = e\n            if "429" in str(self.error):\n                return None\n'
    assert "kept in an attribute" in one(text).unfixable


def test_a_helper_that_gets_the_exception_or_its_text() -> None:
    text = module(*ASKING, "if is_limit(str(e)):", "    return 0").replace(TRY, PREDICATE + TRY)
    assert one(text).unfixable == "only the text of the exception comes here"


def test_the_handler_gives_no_name() -> None:
    text = module('if "429" in traceback.format_exc():', "    pass").replace(" as e:", ":")
    assert one(text).unfixable == "the handler gives the exception no name"


def test_the_exception_is_gone_after_the_handler() -> None:
    text = HEAD + TRY + "        text = str(e)\n" + '    if "429" in text:\n        return ask(prompt)\n'
    assert one(text).unfixable == "the exception is no longer bound where its text is tested"


def test_an_exception_that_is_kept_can_be_asked_later() -> None:
    text = HEAD + TRY + "        last = e\n" + '    if "429" in str(last):\n        return ask(prompt)\n'
    plan = one(text).plan
    assert plan is not None
    assert "if isinstance(last, openai.RateLimitError):" in applied(text, plan)


def test_the_error_of_an_http_library() -> None:
    text = (
        "import requests\n\n\ndef ask(prompt):\n    try:\n"
        '        return requests.post("https://api.openai.com/v1/responses", json=prompt, timeout=9).json()\n'
        '    except requests.HTTPError as e:\n        if "429" in str(e):\n            return None\n        raise\n'
    )
    for finding in findings(text, "OAI201"):
        assert finding.plan is None
        assert "an HTTP library" in finding.unfixable


def test_a_list_that_grows_is_not_fixed() -> None:
    text = module("MIXED.append(prompt)", "if any(text in str(e) for text in MIXED):", "    pass")
    assert one(text).unfixable == "what it looks for is not a fixed text"


def test_only_the_text_comes_to_a_helper() -> None:
    helper = 'def is_limit(text):\n    return "429" in text\n\n\n'
    text = module("if is_limit(str(e)):", "    return None").replace(TRY, helper + TRY)
    assert one(text).unfixable == "only the text of the exception comes here"


# --- SDK 0.x ------------------------------------------------------------------------------------

LEGACY = """import openai


def ask(prompt):
    try:
        return openai.ChatCompletion.create(model="gpt-4", messages=prompt)
    except openai.error.OpenAIError as e:
        if {}:
            return None
        raise
"""


@pytest.mark.parametrize(
    ("test", "typed", "safety"),
    [
        ('"Rate limit" in str(e)', "isinstance(e, openai.error.RateLimitError)", Safety.UNSAFE),
        ('type(e).__name__ == "RateLimitError"', "isinstance(e, openai.error.RateLimitError)", Safety.SAFE),
        (
            '"maximum context length" in str(e)',
            'isinstance(e, openai.error.InvalidRequestError) and e.code == "context_length_exceeded"',
            Safety.UNSAFE,
        ),
    ],
)
def test_legacy_classes(test: str, typed: str, safety: Safety) -> None:
    text = LEGACY.format(test)
    plan = one(text).plan
    assert plan is not None and plan.safety is safety
    assert applied(text, plan) == text.replace(test, typed)


def test_legacy_quota_has_no_class() -> None:
    assert "in SDK 0.x no class" in one(LEGACY.format('"exceeded your current quota" in str(e)')).unfixable


def test_what_the_handler_never_catches_is_not_asked_for() -> None:
    text = LEGACY.format('"timed out" in str(e)')
    plan = one(text).plan
    assert plan is not None
    text = text.replace("OpenAIError", "APIError")
    assert one(text).plan is None
    assert "never `openai.error.Timeout`" in one(text).unfixable
    text = module('if "429" in str(e):', "    pass").replace("except Exception", "except openai.BadRequestError")
    assert one(text).plan is None
    assert one(text.replace("BadRequestError", "APIError")).plan is not None


HANDLERS = """    except {}:
        if TEST:
            return None
        raise
"""


def handled(test: str, *handlers: str) -> str:
    """A module whose last handler asks; the others return."""
    earlier = "".join(f"    except {one}:\n        return prompt\n" for one in handlers[:-1])
    last = HANDLERS.format(handlers[-1]).replace("TEST", test)
    return HEAD + TRY.replace("    except Exception as e:\n", "") + earlier + last


@pytest.mark.parametrize(
    ("test", "handlers", "typed"),
    [
        ('"insufficient_quota" in str(e)', ["openai.RateLimitError as e"], '"insufficient_quota" in (e.code, e.type)'),
        ('"quota" not in str(e)', ["openai.RateLimitError as e"], '"insufficient_quota" not in (e.code, e.type)'),
        ('"503" in str(e)', ["openai.APIStatusError as e"], "e.status_code == 503"),
        ('"503" not in str(e)', ["openai.APIStatusError as e"], "e.status_code != 503"),
        ("any(x in str(e) for x in CODES)", ["openai.APIStatusError as e"], "e.status_code in (500, 502, 503)"),
        (
            '"429" in str(e) or "context_length_exceeded" in str(e)',
            ["(openai.RateLimitError, openai.BadRequestError) as e"],
            f'{RATE} or e.code == "context_length_exceeded"',
        ),
        (
            '"connection error" in str(e).lower()',
            ["openai.APIConnectionError as e"],
            "not isinstance(e, openai.APITimeoutError)",
        ),
        ('"429" in str(e) or "timed out" in str(e)', ["openai.RateLimitError", "Exception as e"], LATE),
        ('"429" in str(e)', ["openai.APITimeoutError", "Exception as e"], RATE),
        ('"429" in str(e)', ["(openai.APITimeoutError, openai.BadRequestError)", "openai.APIError as e"], RATE),
        (
            "any(x in str(e) for x in MIXED)",
            ["(openai.RateLimitError, openai.NotFoundError)", "openai.APIError as e"],
            LATE,
        ),
    ],
)
def test_what_the_handlers_know_is_not_asked_again(test: str, handlers: list[str], typed: str) -> None:
    text = handled(test, *handlers)
    plan = one(text).plan
    assert plan is not None
    assert applied(text, plan) == text.replace(test, typed)


@pytest.mark.parametrize(
    ("test", "handlers", "reason"),
    [
        (
            '"429" in str(e)',
            ["openai.RateLimitError as e"],
            "catches only `openai.RateLimitError`, so a typed test would",
        ),
        ('"429" not in str(e)', ["openai.RateLimitError as e"], "always be false"),
        ('"503" in str(e)', ["openai.RateLimitError as e"], "always be false"),
        ('"connection error" in str(e)', ["openai.APITimeoutError as e"], "always be false"),
        (
            '"429" in str(e)',
            ["openai.RateLimitError", "Exception as e"],
            "before this one take `openai.RateLimitError`",
        ),
        (
            '"429" in str(e) or "timed out" in str(e)',
            ["(openai.RateLimitError, openai.APITimeoutError) as e"],
            "always be true",
        ),
        ('"429" in str(e) and "rate limit" not in str(e)', ["Exception as e"], "contradicts itself"),
    ],
)
def test_a_test_that_would_say_nothing_is_no_fix(test: str, handlers: list[str], reason: str) -> None:
    finding = one(handled(test, *handlers))
    assert finding.plan is None
    assert reason in finding.unfixable


def test_a_predicate_asks_the_class_even_if_one_handler_knows_it() -> None:
    text = PREDICATE.replace("429", "insufficient_quota") + handled("is_limit(e)", "openai.RateLimitError as e")
    plan = one(text).plan
    assert plan is not None
    typed = 'isinstance(error, openai.RateLimitError) and "insufficient_quota" in (error.code, error.type)'
    assert f"return {typed}\n" in applied(text, plan)


# --- predicates of libraries --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "predicate"),
    [
        (".*rate limit.*", "tenacity.retry_if_exception_type(openai.RateLimitError)"),
        (".*(429|rate limit).*", "tenacity.retry_if_exception_type(openai.RateLimitError)"),
        ("429|timed out", "tenacity.retry_if_exception_type((openai.RateLimitError, openai.APITimeoutError))"),
        (".*insufficient_quota", f"tenacity.retry_if_exception(lambda e: {QUOTA})"),
    ],
)
def test_a_predicate_on_the_message(pattern: str, predicate: str) -> None:
    old = f'tenacity.retry_if_exception_message(match="{pattern}")'
    request = '    return OpenAI().responses.create(model="m", input=prompt)\n'
    text = f"import tenacity\nfrom openai import OpenAI\n\n\n@tenacity.retry(retry={old})\ndef ask(prompt):\n{request}"
    plan = one(text).plan
    assert plan is not None and plan.safety is Safety.UNSAFE
    assert applied(text, plan) == text.replace(old, predicate)


def test_a_function_that_a_library_asks() -> None:
    text = (
        "import backoff\nimport openai\n\nclient = openai.OpenAI(max_retries=0)\n\n\n"
        '@backoff.on_exception(backoff.expo, openai.APIError, giveup=lambda e: "insufficient_quota" in str(e))\n'
        'def ask(prompt):\n    return client.responses.create(model="m", input=prompt)\n'
    )
    plan = one(text).plan
    assert plan is not None
    assert f"giveup=lambda e: {QUOTA})" in applied(text, plan)


ASKED = f"""{HEAD}{TRY}        if is_limit(e):
            return None
        raise


"""


@pytest.mark.parametrize(
    "text",
    [
        'def is_limit(error):\n    return "429" in str(error)\n\n\nassert is_limit("429")\n',
        'def is_limit(error):\n    return "429" in str(error)\n\n\nprint([is_limit(line) for line in CODES])\n',
        'def is_limit(error: Exception | str):\n    return "429" in str(error)\n',
        'def is_limit(error: "Exception | str"):\n    return "429" in str(error)\n',
        'def is_limit(error=""):\n    return "429" in str(error)\n',
        'class Limit:\n    def of(self, error):\n        return "429" in str(error)\n\n\n'
        'def is_limit(error):\n    return Limit().of(error)\n\n\nprint(Limit().of("429"))\n',
    ],
)
def test_a_predicate_that_is_given_texts_too_stays(text: str) -> None:
    found = one(ASKED + text)
    assert found.plan is None and "plain texts" in found.unfixable


@pytest.mark.parametrize(
    ("text", "safety"),
    [
        ('def is_limit(error: Exception):\n    return "429" in str(error)\n', Safety.SAFE),
        ('def is_limit(error=None):\n    return "429" in str(error)\n\n\nis_limit()\n', Safety.UNSAFE),
        ('def is_limit(error):\n    return "429" in str(error)\n\n\nis_limit(Exception("429"))\n', Safety.UNSAFE),
    ],
)
def test_a_predicate_that_is_given_more_than_what_was_caught_is_not_sure(text: str, safety: Safety) -> None:
    plan = one(ASKED + text).plan
    assert plan is not None and plan.safety is safety
