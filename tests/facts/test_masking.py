from __future__ import annotations

import random
import re
import string

import pytest

from oailint import masking

ALPHANUMERIC = string.ascii_letters + string.digits
KEY = "a1B2" * 12
"""Random enough for a key, and plainly none. Key-like texts are put together here, never written out."""


def random_text(length: int, alphabet: str, seed: int) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=length))


@pytest.mark.parametrize(
    ("prefix", "shape"),
    [
        ("sk-", "openai"),
        ("sk-proj-", "openai-project"),
        ("sk-svcacct-", "openai-service"),
        ("sk-admin-", "openai-admin"),
        ("sk-None-", "openai-none"),
        ("sk-ant-", "anthropic"),
        ("sk-or-v1-", "openrouter"),
        ("gsk_", "groq"),
        ("hf_", "huggingface"),
        ("AIza", "google"),
        ("ghp_", "github"),
        ("xai-", "xai"),
        ("pplx-", "perplexity"),
        ("asst_", "identifier"),
    ],
)
def test_known_shapes(prefix: str, shape: str) -> None:
    value = prefix + KEY
    assert masking.classify(value) == masking.Shape(shape, len(value), prefix, False)


def test_aws_keys_have_one_length() -> None:
    body = "A1B2" * 4
    assert masking.classify("AKIA" + body) == masking.Shape("aws", 20, "AKIA", False)


@pytest.mark.parametrize("length", [16, 20, 32, 48, 80, 156])
@pytest.mark.parametrize("middle", ["", "T3Blbk" + "FJ"])
@pytest.mark.parametrize("prefix", ["sk-", "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-"])
def test_openai_keys_of_any_length(prefix: str, middle: str, length: int) -> None:
    half = random_text(length // 2, ALPHANUMERIC, length)
    shape = masking.classify(prefix + half + middle + half[::-1])
    assert shape is not None
    assert shape.prefix == prefix
    assert not shape.placeholder


@pytest.mark.parametrize(
    ("length", "alphabet", "shape"),
    [
        (32, "0123456789abcdef", "hex"),
        (24, "0123456789ABCDEF", "hex"),
        (64, "0123456789abcdef", "hex"),
        (32, ALPHANUMERIC, "opaque"),
        (43, ALPHANUMERIC + "-_", "opaque"),
        (40, string.ascii_lowercase + string.digits, "opaque"),
        (24, ALPHANUMERIC, "opaque"),
    ],
)
def test_random_text_is_masked_and_no_placeholder(length: int, alphabet: str, shape: str) -> None:
    for seed in range(200):
        value = random_text(length, alphabet, seed)
        found = masking.classify(value)
        assert found is not None, value
        assert found.shape == shape or alphabet.endswith("_"), value
        assert not found.placeholder, value


def test_uuid_and_long_text() -> None:
    found = masking.classify("-".join(["9f8e3a1c", "1b2d", "4c3e", "8a7f", "0d1e2f3a4b5c"]))
    assert found is not None
    assert found.shape == "uuid"
    assert masking.classify("word " * 41) == masking.Shape("prose", 205, "", False)
    assert masking.classify("word " * 40) is None


def test_a_key_inside_a_text_counts() -> None:
    found = masking.classify(f"Bearer sk-{KEY}")
    assert found == masking.Shape("openai", len(KEY) + 10, "sk-", False)
    long = masking.classify(f"export KEY=sk-{KEY}\n" + "word " * 60)
    assert long is not None
    assert long.shape == "openai"


@pytest.mark.parametrize(
    "value",
    [
        "gpt-4o-2024-08-06",
        "gpt-4o-mini-2024-07-18",
        "gpt-4o-audio-preview-2024-12-17",
        "gpt-4-1106-vision-preview",
        "text-embedding-3-small",
        "gpt-3.5-turbo-0125",
        "claude-3-5-sonnet-20241022",
        "meta-llama/Llama-2-70b-chat-hf",
        "Qwen2-72B-Instruct-GPTQ-Int4",
        "Qwen3-235B-A22B-Thinking-2507",
        "gpt-oss-120b-MXFP4-GGUF",
        "zephyr-orpo-141b-A35b-v0.1",
        "mistralai/Mixtral-8x7B-Instruct-v0.1",
        "sentence-transformers/all-MiniLM-L6-v2",
        "OPENAI_API_KEY",
        "AZURE_OPENAI_GPT4_DEPLOYMENT_NAME",
        "https://api.openai.com/v1/chat/completions",
        "https://x.openai.azure.com/openai/deployments/gpt-4/chat/completions?api-version=2024-02-01",
        "context_length_exceeded",
        "openai.resources.chat.completions.Completions.create",
        "Rate limit reached for",
        "This model's maximum context length is 8192 tokens",
        "2024-01-01T00:00:00+00:00",
        "tests/fixtures/test_openai_chat_completions_v2.py",
        "getOpenAIChatCompletionV2ForUser1",
        "risk-assessment-for-the-quarter",
        "0123456789",
        "-" * 80,
        "=" * 100,
        "",
    ],
)
def test_safe_text_is_kept(value: str) -> None:
    assert masking.classify(value) is None
    assert masking.mask_line(f'x = "{value}"') == f'x = "{value}"'


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-",
        "xxx",
        "EMPTY",
        "ollama",
        "lm-studio",
        "not-needed",
        "no-key-required",
        "changeme",
        "your-api-key",
        "your_openai_api_key_here",
        "YOUR_OPENAI_API_KEY_HERE",
        "<your key goes right here>",
        "sk-...",
        "sk-openai",
        "sk-mykey",
        "sk-" + "x" * 48,
        "sk-" + "0" * 48,
        "sk-" + "1234567890" * 4,
        "sk-" + string.ascii_lowercase,
        "sk-" + "a1b2c3d4e5f6g7h8i9j0",
        "sk-your-api-key-goes-here",
        "sk-proj-your-key-goes-here",
        "sk-fake-" + "aB3x" * 6,
        "sk-" + "thisisafakekeyforunittests",
        "sk-test-" + "9f8e" * 8,
        "${OPENAI_API_KEY_OF_PRODUCTION}",
        "Bearer your-token-goes-here",
        "insert your key here please",
    ],
)
def test_placeholders(value: str) -> None:
    assert masking.is_placeholder(value)


@pytest.mark.parametrize("seed", range(100))
def test_random_keys_are_no_placeholders(seed: int) -> None:
    assert not masking.is_placeholder("sk-proj-" + random_text(120, ALPHANUMERIC, seed))
    assert not masking.is_placeholder("sk-" + random_text(48, ALPHANUMERIC, seed))
    assert not masking.is_placeholder(random_text(32, "0123456789abcdef", seed))


def test_a_word_by_chance_makes_no_placeholder() -> None:
    half = random_text(24, ALPHANUMERIC, 3)
    assert not masking.is_placeholder("sk-" + half + "9Test7" + half)


def test_what_stands_where_a_secret_is_expected_always_has_a_shape() -> None:
    assert masking.secret_shape("hunter2") == masking.Shape("plain", 7, "", True)
    assert masking.secret_shape("sk-" + KEY).shape == "openai"


@pytest.mark.parametrize(
    "name",
    [
        "api_key",
        "apikey",
        "apiKey",
        "API_KEY",
        "openai_api_key",
        "OPENAI_API_KEY",
        "openai.api_key",
        "x-api-key",
        "api-key",
        "client_secret",
        "secret",
        "password",
        "db_password",
        "passwd",
        "Authorization",
        "token",
        "access_token",
        "github_token",
        "bearer",
        "credentials",
        "openai_key",
    ],
)
def test_secret_names(name: str) -> None:
    assert masking.is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "tokens",
        "max_tokens",
        "tokenizer",
        "pad_token",
        "eos_token",
        "token_count",
        "api_key_env",
        "key",
        "keyboard",
        "secretary",
        "secret_name",
        "model",
        "password_field",
        "author",
        "",
        "x" * 100,
    ],
)
def test_other_names(name: str) -> None:
    assert not masking.is_secret_name(name)


def test_environment_names() -> None:
    assert masking.is_environment_name("OPENAI_API_KEY")
    assert not masking.is_environment_name("EMPTY")
    assert not masking.is_environment_name("openai_api_key")


def test_schemes() -> None:
    assert masking.is_scheme("Bearer ")
    assert not masking.is_scheme("Bearer")
    assert not masking.is_scheme("Somebody ")


def test_mask_line() -> None:
    line = f'client = OpenAI(api_key="sk-proj-{KEY}", model="gpt-4o-2024-08-06")  # sk-your-api-key-goes-here'
    assert masking.mask_line(line) == line.replace(KEY, "****")
    assert masking.mask_line(f"key={'9f8e3a1c' * 4};") == "key=****;"
    assert masking.mask_line(f'x = "{random_text(32, ALPHANUMERIC, 5)}"') == 'x = "****"'
    assert masking.mask_line(f"sk-{KEY}-test-key") == "sk-****"
    assert masking.mask_line(f"sk-{KEY} and sk-ant-{KEY}") == "sk-**** and sk-ant-****"


def test_mask_line_takes_base64_as_a_whole() -> None:
    value = "/".join(random_text(12, ALPHANUMERIC, seed) for seed in range(6)) + "=="
    assert masking.mask_line(f"x = '{value}'") == "x = '****'"


def test_paint_line_hides_as_much_and_keeps_places() -> None:
    base64 = "/".join(random_text(12, ALPHANUMERIC, seed) for seed in range(6)) + "=="
    hexadecimal = "9f8e3a1c" * 4
    for line in (
        f"a = 'sk-{KEY}'  # sk-ant-{KEY} end",
        f"key={hexadecimal}; x",
        f"x = '{base64}' y",
        f"x = '{random_text(32, ALPHANUMERIC, 5)}'",
        f"sk-{KEY}-test-key.",
        "nothing to hide in gpt-4o-2024-08-06",
    ):
        painted = masking.paint_line(line)
        assert len(painted) == len(line)
        assert re.sub(r"\*+", "****", painted) == masking.mask_line(line)
        assert all(new in (old, "*") for old, new in zip(line, painted, strict=True))


def test_mask_line_leaves_no_part_of_a_key() -> None:
    for seed in range(300):
        key = "sk-proj-" + random_text(60, ALPHANUMERIC + "-_", seed)
        masked = masking.mask_line(f"f('{key}', a_{key})")
        assert not any(key[start : start + 8] in masked for start in range(8, len(key) - 8)), key


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = 'short'", "x = 'short'"),
        ("x = 'long enough'", "x = '****'"),
        ("f(\"a long one\", 'it\\'s long', b)", "f(\"****\", '****', b)"),
        ('x = """a long one"""', 'x = """****"""'),
        ('x = """a long one', 'x = """****'),
        ("x = 'unterminated one", "x = '****"),
        ("x = f'a {long} one' + y", "x = f'****' + y"),
        ("no literal at all here", "no literal at all here"),
    ],
)
def test_mask_literals(line: str, expected: str) -> None:
    assert masking.mask_literals(line) == expected


def test_mask_literals_masks_what_is_outside_too() -> None:
    assert masking.mask_literals(f"sk-{KEY}'''") == "sk-****'''"
