from __future__ import annotations

import random
import subprocess
import sys
from types import SimpleNamespace

import pytest

from oailint.facts import Broken, FileFacts
from oailint.syntax import guard, nodes
from oailint.syntax.extract import extract
from oailint.syntax.tokens import Tokens


def broken(text: str) -> Broken:
    result = extract(text)
    assert isinstance(result, Broken)
    return result


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("x = 1\nprint 'a'\n", 2, 1, "print"),
        ("x = 1 +\n", 1, 8, "invalid syntax"),
        ("def f(:\n", 1, 7, "invalid syntax"),
        ("é = 'x' y\n", 1, 9, "invalid syntax"),
        ("try:\n  pass\nexcept A, e:\n  pass\n", 3, 8, ""),
        ("x = 1\ny = f('a' B'b')\n", 2, None, "cannot mix bytes and nonbytes literals"),
        ("x = rb'a' f'b{c}'\n", 1, None, "cannot mix bytes and nonbytes literals"),
        ("a\rb c\r", 2, 3, "invalid syntax"),
        ("a = 1\r\nb\0", 2, 2, "NUL"),
        ("(" * 5000, 1, 201, "too many nested parentheses"),
        ("x = 1\n" + "x = " + "[" * 1500 + "]" * 1500, 2, None, "too many nested parentheses"),
        ("x = a" + ".b()" * 5000, 1, None, "nested"),
        ("x = 1" + "+1" * 5000, 1, None, "nested"),
        ("".join(" " * n + "if a:\n" for n in range(150)) + " " * 150 + "a\n", 101, None, "indentation"),
        ("x = '\ud800'", 1, None, "surrogates"),
    ],
)
def test_rejected_by_python_too(text: str, line: int, column: int | None, reason: str) -> None:
    if text.startswith("try") and sys.version_info >= (3, 14):
        pytest.skip("allowed since 3.14")
    found = broken(text)
    assert found.rejected
    assert found.line == line
    assert reason in found.reason
    assert "\n" not in found.reason
    if column is not None:
        assert found.column == column


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("\nx = 1" + "+1" * 450, 2, 806),
        ("x = (" + "'a'\n" * 1600 + ")", 1501, 1),
        ("x = [" + "1, " * 250_000 + "]", 1, None),
    ],
)
def test_too_much_for_the_parser(text: str, line: int, column: int | None) -> None:
    found = broken(text)
    assert not found.rejected
    assert found.line == line
    if column is not None:
        assert found.column == column


def test_size() -> None:
    text = "x = 1\n" * 100
    assert isinstance(extract(text, max_size=600), FileFacts)
    assert extract(text, max_size=599) == Broken("the file is too large: 600 characters, more than 599", 1, 1, False)


def test_what_only_python_can_read() -> None:
    found = broken("a = 1\n(b): int = 2\n")
    assert (found.rejected, found.line) == (False, 2)
    assert "Python can" in found.reason


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 199 + "]" * 199,
        "x = 1" + " + 1" * 390,
        "x = a" + ".b()" * 190,
        "x = (" + "'a'\n" * 1000 + ")",
        "if a: b\n" + "elif a: b\n" * 900,
        "".join("  " * n + "if a:\n" for n in range(90)) + "  " * 90 + "a\n",
        # Flat, however much of it there is.
        "x = [" + "a.b(1 + 1), " * 2000 + "]",
        "x = {" + "'a': (1, 2),\n" * 2000 + "}",
        "f(1)\n" * 5000,
        "f(" + "'a',\n" * 3000 + ")",
        "x = a < b" + " < c" * 300,
        "'" + "(" * 1000 + "'",
        "# " + "(" * 1000,
        '"""' + "(\n" * 1000 + '"""',
        "'\\'" + "(" * 1000 + "'",
        "r'\\'" + "(" * 1000 + "'",
        "x = '''\n" + "' (\n" * 500 + "'''",
        "x = f'{a:{b}}" + "(" * 500 + "'",
        "x = 1 \\\n" + "+ 1 \\\n" * 300 + "\n",
        "x = '\\\n" + "(\\\n" * 300 + "'",
        "x = '\\\r\n" + "(\\\r\n" * 300 + "'\r\n",
    ],
)
def test_not_too_much(text: str) -> None:
    assert guard._Scan(text).run() is None
    assert isinstance(extract(text), FileFacts)


def test_a_suspicion_that_python_does_not_share_is_dropped() -> None:
    """Nested quotes, which f-strings may have as of Python 3.12, make the scan lose count of the brackets."""
    text = "x = [" + "f'{a['b(']}' .c,\n" * 300 + "]\n"
    assert guard._Scan(text).run() is not None
    if sys.version_info >= (3, 12):
        assert isinstance(extract(text), FileFacts)


@pytest.mark.parametrize(
    "text",
    [
        '"""' * 2001,
        "'''" * 2001,
        "'" * 20_001,
        '"\\' * 10_000,
        "\\\n" * 20_000,
        "\n" * 100_000,
        "f'{" * 5000,
        "(\n" * 5000,
        "x = (\n" * 3000,
        "lambda:" * 5000,
        "not " * 5000,
        "a if b else " * 3000,
        "[" + "for a in b " * 3000,
        "-" * 20_000,
        "a[" * 5000,
        "@a\n" * 5000,
        "else:\n" * 5000,
        "a=" * 5000 + "b",
        "\ufeffa",
        "\x1a",
        "\u2028",
        "if a:\n\tb\n        c\n",
        "\x0c" * 1000,
        "a\x0bb",
    ],
)
def test_nothing_raises(text: str) -> None:
    assert isinstance(extract(text), (Broken, FileFacts))


def test_the_parser_survives_what_passes() -> None:
    """The deepest that the guard lets through, in a process of its own."""
    texts = {
        "calls": "x = " + "f(" * 199 + "1" + ")" * 199,
        "lists": "x = " + "[" * 199 + "1" + "]" * 199,
        "methods": "x = a" + ".b()" * 199,
        "links": "x = 1" + "+1" * 399,
        "powers": "x = 1" + "**1" * 399,
        "conditionals": "x = " + "a if b else " * 190 + "c",
        "lambdas": "x = " + "lambda: " * 390 + "c",
        "negations": "x = " + "not " * 390 + "c",
        "mixed": "x = " + "(-" * 190 + "1" + ")+1" * 190,
        "strings": "x = (" + "'a'\n" * 1400 + ")",
        "branches": "if a: b\n" + "elif a: b\n" * 990,
        "blocks": "".join(" " * n + "if a:\n" for n in range(98)) + " " * 98 + "a\n",
    }
    script = (
        "import sys\nfrom oailint.syntax.extract import extract\n"
        "for text in sys.stdin.read().split('\\0'):\n    print(type(extract(text)).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input="\0".join(texts.values()), text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    kinds = dict(zip(texts, done.stdout.split(), strict=True))
    assert set(kinds.values()) <= {"FileFacts", "Broken"}
    assert kinds["calls"] == kinds["lists"] == kinds["links"] == kinds["strings"] == "FileFacts"


def test_a_failure_of_the_parser_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        pass

    def fail(*_: object) -> None:
        raise Panic

    monkeypatch.setattr(nodes, "_parsers", [SimpleNamespace(parse_module=fail)])
    found = broken("x = 1\n")
    assert not found.rejected
    assert "Panic" in found.reason


def test_interruption_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(nodes, "_parsers", [SimpleNamespace(parse_module=interrupt)])
    with pytest.raises(KeyboardInterrupt):
        extract("x = 1\n")


def test_collector_and_recursion_limit_are_restored() -> None:
    import gc

    limit = sys.getrecursionlimit()
    extract("x = 1\n")
    extract("x = \n")
    assert gc.isenabled()
    assert sys.getrecursionlimit() == limit


def test_reasons_hold_no_keys() -> None:
    key = "sk-" + "a1B2" * 12
    assert key[3:] not in broken(f"x = '{key}\ny").reason


@pytest.mark.parametrize(
    "text",
    [
        "# it's (\n" * 300 + "a\n",
        "a = 1  # (\n" * 300,
        "b = [  # (\n" + "# (\n" * 300 + "]\n",
        "# '''\n" + "a = b\n" * 900 + "# '''\n",
    ],
)
def test_comments_are_no_code(text: str) -> None:
    assert guard._Scan(text).run() is None
    assert guard.check(text) is None


SAFE = [
    "f(" + "a.b, " * 100 + ")\n",
    "'''" + "a.b(" * 500 + "'''\n",
    "a = 'é' + " + "b, " * 200 + "c\n",
    "é = " + "(" * 50 + ")" * 50 + "\n",
    "if a:\n" + "".join(f"{' ' * 4 * n}if b:\n" for n in range(1, 20)) + " " * 80 + "c\n",
    "x = {\n" + "    'a': [1, 2.5, -3e-5],\n" * 200 + "}\n",
    "",
]
HARMFUL = [
    "x = " + "a." * 450 + "b\n",
    "x = (\n" + "a +\n" * 450 + "b)\n",
    "x = \\\n" + "a + \\\n" * 450 + "b\n",
    "x = " + "1.e-5+" * 210 + "1\n",
    "é = " + "-~" * 300 + "é\n",
    "x = 1" + "if\u0301or\u0301" * 300 + "\n",
    "if a:\n  b = c\n" + "elif d:\n  e = f\n" * 1_100,
    "".join(" " * n + "if a:\n" for n in range(120)) + " " * 120 + "a\n",
    "".join("\t" * n + "if a:\n" for n in range(120)) + "\t" * 120 + "a\n",
    "'a'\n" * 1_600,
    "x = " + "(" * 250 + ")" * 250 + "\n",
    "x = [" * 60 + "\n" + "a(" * 90 + ")" * 90 + "\n" + "+ [b(" * 90 + ")]" * 90 + "]" * 60 + "\n",
]


@pytest.mark.parametrize("text", SAFE)
def test_most_texts_are_seen_to_be_harmless_without_a_scan(text: str) -> None:
    assert guard._is_harmless(Tokens(text))
    assert guard._Scan(text).run() is None


@pytest.mark.parametrize("text", HARMFUL)
def test_what_the_scan_finds_is_not_taken_to_be_harmless(text: str) -> None:
    assert guard._Scan(text).run() is not None
    assert not guard._is_harmless(Tokens(text))


def test_harmless_texts_of_pieces_are_harmless_to_the_scan() -> None:
    rng = random.Random(3)
    pieces = [
        "(",
        ")",
        "[",
        "]",
        "a",
        ".b",
        "\n",
        "\n    ",
        "'",
        '"""',
        "#",
        "\\\n",
        " + ",
        "not ",
        "\nreturn ",
        "f'{",
        "}'",
        "é",
        ",",
    ]
    harmless = 0
    for _ in range(3_000):
        chosen = rng.sample(pieces, 4)
        text = "".join(rng.choice(chosen) * rng.choice((1, 1, 2, 60)) for _ in range(rng.randrange(30)))
        if guard._is_harmless(Tokens(text)):
            harmless += 1
            assert guard._Scan(text).run() is None, text
    assert 300 < harmless < 2_900
