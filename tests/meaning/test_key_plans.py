"""Plans for keys in the source: what is put in their place, and why there is none."""

from __future__ import annotations

import os
import random
import string

import pytest
from planned import applied, findings

from oailint import check_source
from oailint.findings import DropArgument, Finding, Safety


def random_text(characters: str, length: int) -> str:
    digits = random.Random(length)
    return "".join(digits.choice(characters) for _ in range(length))


ALPHABET = string.ascii_letters + string.digits
KEYS = {
    "KEY": "sk-proj-" + random_text(ALPHABET, 48),
    "OLD": "sk-" + random_text(ALPHABET, 48),
    "HEX": random_text("0123456789abcdef", 32),
    "GSK": "gsk_" + random_text(ALPHABET, 52),
}
HEAD = "import os\nfrom os import environ, getenv\n\nimport openai\nfrom openai import AzureOpenAI, OpenAI\n"


def filled(text: str) -> str:
    for name, key in KEYS.items():
        text = text.replace(f"<{name}>", key)
    return text


def one(text: str) -> Finding:
    found = findings(filled(HEAD + text), "OAI301")
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('KEY = "<KEY>"', 'KEY = os.environ["OPENAI_API_KEY"]'),
        ('openai.api_key = "<KEY>"', 'openai.api_key = os.environ["OPENAI_API_KEY"]'),
        ('openai.api_key = "<HEX>"', 'openai.api_key = os.environ["OPENAI_API_KEY"]'),
        (
            'openai.api_type = "azure"\nopenai.api_key = "<HEX>"',
            'openai.api_type = "azure"\nopenai.api_key = os.environ["AZURE_OPENAI_API_KEY"]',
        ),
        ('AZURE_OPENAI_KEY = "<HEX>"', 'AZURE_OPENAI_KEY = os.environ["AZURE_OPENAI_KEY"]'),
        (
            'client = OpenAI(api_key="<KEY>", base_url="https://api.deepseek.com/v1")',
            'client = OpenAI(api_key=os.environ["DEEPSEEK_API_KEY"], base_url="https://api.deepseek.com/v1")',
        ),
        (
            'client = OpenAI(api_key="<GSK>", base_url=openai.base_url)',
            'client = OpenAI(api_key=os.environ["GROQ_API_KEY"], base_url=openai.base_url)',
        ),
        ('key = getenv("OPENAI_API_KEY", "<KEY>")', 'key = os.getenv("OPENAI_API_KEY")'),
        ("key = os.getenv('OPENAI_KEY', default='<KEY>')", "key = os.getenv('OPENAI_KEY')"),
        ('key = os.environ.get("OPENAI_API_KEY", "<KEY>")', 'key = os.environ.get("OPENAI_API_KEY")'),
        (
            'os.environ["OPENAI_API_KEY"] = os.environ.get("OPENAI_API_KEY", "<KEY>")',
            'os.environ["OPENAI_API_KEY"] = os.environ.get("OPENAI_API_KEY")',
        ),
        ('def ask(key="<KEY>"):\n    pass', 'def ask(key=os.environ["OPENAI_API_KEY"]):\n    pass'),
        ('H = {"Authorization": "Bearer <KEY>"}', 'H = {"Authorization": f"Bearer {os.environ[\'OPENAI_API_KEY\']}"}'),
        ("H = {'Authorization': f'Bearer <KEY>'}", "H = {'Authorization': f\"Bearer {os.environ['OPENAI_API_KEY']}\"}"),
        ("H = f\"Bearer {'<KEY>'}\"", "H = f\"Bearer {os.environ['OPENAI_API_KEY']}\""),
        ('H = "Bearer " + "<KEY>"', 'H = "Bearer " + os.environ["OPENAI_API_KEY"]'),
        ('AUTH = "Bearer %s" % "<KEY>"', 'AUTH = "Bearer %s" % os.environ["OPENAI_API_KEY"]'),
        ("t = f\"{len('<KEY>')}\"", "t = f\"{len(os.environ['OPENAI_API_KEY'])}\""),
        ('os.environ["OPENAI_API_KEY"] = "<KEY>"', ""),
        ('os.environ.setdefault("OPENAI_API_KEY", "<KEY>")', ""),
        ('if os:\n    os.environ["OPENAI_API_KEY"] = "<KEY>"', "if os:\n    pass"),
        ('if os:\n    x = 1\n    environ["OPENAI_API_KEY"] = "<KEY>"', "if os:\n    x = 1\n    "),
        ('x = 1; os.environ["OPENAI_API_KEY"] = "<KEY>"; y = 1', "x = 1; pass; y = 1"),
        ('if os: os.environ["OPENAI_API_KEY"] = "<KEY>"', "if os: pass"),
    ],
)
def test_a_key_gives_way(old: str, new: str) -> None:
    plan = one(old).plan
    assert plan is not None
    assert plan.safety is Safety.UNSAFE
    assert "revoke" in plan.title
    assert applied(filled(HEAD + old), plan) == HEAD + new
    assert not any(key in repr(plan) for key in KEYS.values())


def test_a_key_of_openai_itself_has_a_plan_whatever_the_address() -> None:
    text = 'KEY = "<KEY>"\nclient = OpenAI(api_key=KEY, base_url=os.environ["URL"])'
    assert one(text).plan is not None
    assert one(text.replace("<KEY>", "<OLD>").replace(', base_url=os.environ["URL"]', "")).plan is not None


def test_the_keys_of_a_list_are_told_apart() -> None:
    found = findings(filled(HEAD + 'POOL = ["<KEY>", "<GSK>", "<KEY>"]'), "OAI301")
    assert [one.plan.changes[0].template for one in found if one.plan] == [  # type: ignore[union-attr]
        '{0}["OPENAI_API_KEY"]',
        '{0}["OPENAI_API_KEY_3"]',
    ]


@pytest.mark.parametrize(
    "call",
    ['OpenAI(api_key="<KEY>")', 'openai.AsyncOpenAI(api_key="<KEY>")', 'AzureOpenAI(api_key="<HEX>", api_version="x")'],
)
def test_the_client_reads_its_key_by_itself(call: str) -> None:
    plan = one(f"client = {call}").plan
    assert plan is not None
    (change,) = plan.changes
    assert isinstance(change, DropArgument)
    assert (change.keyword, change.call.span.column, change.call.span.end_column) == (
        "api_key",
        10,
        10 + len(filled(call)),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('print("using <KEY>")', "a longer text"),
        ("os.system(\"curl -H 'Authorization: Bearer <KEY>' https://api.openai.com\")", "a longer text"),
        ('x = f"{os} <KEY>"', "a longer text"),
        ('os.environ.update({"OPENAI_API_KEY": "<KEY>"})', "together with others"),
        ('KEY = os.environ["OPENAI_API_KEY"] = "<KEY>"', "together with others"),
        ('KEY = "<OLD>"\nclient = OpenAI(api_key=KEY, base_url="https://api.deepseek.com")', "another server's"),
        ('KEY = "<OLD>"\nclient = OpenAI(api_key=KEY, base_url=os.environ["URL"])', "another server's"),
    ],
)
def test_no_plan_and_why(text: str, reason: str) -> None:
    finding = one(text)
    assert finding.plan is None
    assert reason in finding.unfixable


@pytest.mark.parametrize("variable", ["OPENAI_API_KEY", "AZURE_OPENAI_API_KEY"])
def test_the_sdk_reads_the_variable_itself(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    openai = pytest.importorskip("openai")
    for name in [name for name in os.environ if "OPENAI" in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(variable, "x")
    if variable.startswith("AZURE"):
        client = openai.AzureOpenAI(azure_endpoint="https://localhost", api_version="x")
    else:
        client = openai.OpenAI()
    assert client.api_key == "x"


def test_every_finding_has_a_plan_or_a_reason() -> None:
    text = filled(HEAD + 'print("<KEY>", "a <KEY>")\nx = "<KEY>" or ["<KEY>"]\n')
    found = check_source(text).findings
    assert found
    assert all((one.plan is None) == bool(one.unfixable) for one in found)
