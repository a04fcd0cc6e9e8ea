"""The cache: hits, misses, damage, and its bound."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oailint import cache as module
from oailint.cache import Cache
from oailint.codec import decode, encode
from oailint.facts import Attribute, Broken, Comment, FileFacts, Name, Span

FACTS = FileFacts((), (Comment("# noqa", 1, 1, True),), ((1, 2),))
REJECTED = Broken("invalid syntax", 3, 4, True)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(str(tmp_path / "deep" / "cache"))


def entry(cache: Cache, key: str) -> Path:
    return Path(cache.folder, key[:2], key[2:])


def test_what_is_put_is_got(cache: Cache) -> None:
    for content, result in ((b"a", FACTS), (b"b", REJECTED)):
        key = cache.key(content)
        assert cache.get(key) is None
        cache.put(key, result)
        assert cache.get(key) == result
        assert Cache(cache.folder).get(key) == result
    assert cache.hits == 2


def test_the_folder_is_marked_as_a_cache(cache: Cache) -> None:
    cache.put(cache.key(b""), FACTS)
    assert Path(cache.folder, "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    assert Path(cache.folder, ".gitignore").read_text() == "*\n"


def test_the_key_depends_on_content_and_engine(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache.key(b"a") != cache.key(b"b")
    assert cache.key(b"a") == Cache(cache.folder).key(b"a")
    for name, value in (("FACTS_VERSION", 99999), ("VERSION", "99")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, value)
            assert Cache(cache.folder).key(b"a") != cache.key(b"a")


def test_what_another_parser_may_read_is_not_kept(cache: Cache) -> None:
    cache.put(cache.key(b"a"), Broken("over a guard", 1, 1, False))
    assert cache.get(cache.key(b"a")) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"garbage",
        encode(FACTS)[:-1],
        encode(FACTS) + b"x",
        b"\x92\xc0\xc0",
        b"\x93" * 5000,
    ],
)
def test_damage_is_a_miss(cache: Cache, data: bytes) -> None:
    key = cache.key(b"a")
    cache.put(key, FACTS)
    entry(cache, key).write_bytes(data)
    assert cache.get(key) is None
    cache.put(key, FACTS)
    assert cache.get(key) == FACTS


def test_an_entry_that_is_a_folder_is_a_miss(cache: Cache) -> None:
    key = cache.key(b"a")
    entry(cache, key).mkdir(parents=True)
    cache.put(key, FACTS)
    assert cache.get(key) is None


def test_a_folder_that_cannot_be_made_costs_nothing_but_speed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(str(tmp_path / "file" / "cache"))
    cache.put(cache.key(b"a"), FACTS)
    assert cache.get(cache.key(b"a")) is None
    cache.prune()


def test_writes_are_atomic(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    cache.put(cache.key(b"a"), FACTS)
    assert [path for path in Path(cache.folder).rglob("*") if path.is_file()] == []


def test_pruning_throws_the_oldest_away(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [cache.key(bytes([number])) for number in range(10)]
    for age, key in enumerate(keys):
        cache.put(key, FACTS)
        os.utime(entry(cache, key), (1000 - age, 1000 - age))
    monkeypatch.setattr(module, "MAX_BYTES", len(encode(FACTS)) * 8)
    cache.prune()
    assert [key for key in keys if entry(cache, key).exists()] == keys[:6]


def test_pruning_is_done_at_most_once_a_day(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.put(cache.key(b"a"), FACTS)
    cache.prune()
    monkeypatch.setattr(module, "MAX_BYTES", 0)
    cache.prune()
    assert cache.get(cache.key(b"a")) == FACTS
    os.utime(Path(cache.folder, "pruned"), (0, 0))
    cache.prune()
    assert cache.get(cache.key(b"a")) is None


def test_a_hit_keeps_an_old_entry_young(cache: Cache) -> None:
    key = cache.key(b"a")
    cache.put(key, FACTS)
    os.utime(entry(cache, key), (0, 0))
    cache.get(key)
    assert entry(cache, key).stat().st_mtime > 0


@pytest.mark.skipif(os.name == "nt", reason="XDG")
def test_the_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert module.default_folder() == str(tmp_path / "oailint")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/somewhere")
    assert module.default_folder().startswith("/somewhere/")


def test_lone_surrogates_are_replaced() -> None:
    facts = FileFacts((), (Comment("# noqa \ud800", 1, 1, True),), ())
    assert decode(encode(facts)) == FileFacts((), (Comment("# noqa ?", 1, 1, True),), ())


def test_facts_that_are_too_deep_become_a_problem() -> None:
    deep: Name | Attribute = Name("x")
    for _ in range(20_000):
        deep = Attribute(deep, "y", Span(1, 1, 1, 2))
    result = decode(encode(FileFacts((), (deep,), ())))  # type: ignore[arg-type]
    assert isinstance(result, Broken) and not result.rejected


def test_a_folder_that_was_there_gets_no_files_that_speak_of_it(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    cache = Cache(str(tmp_path))
    cache.put(cache.key(b"x"), FACTS)
    assert cache.get(cache.key(b"x")) == FACTS
    assert not {".gitignore", "CACHEDIR.TAG"} & {path.name for path in tmp_path.iterdir()}
    (tmp_path / ".gitignore").write_text("build/\n")
    Cache(str(tmp_path)).put(cache.key(b"y"), FACTS)
    assert (tmp_path / ".gitignore").read_text() == "build/\n"


def test_pruning_leaves_what_is_not_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oailint.cache.MAX_BYTES", 1)
    for name in ("db/schema.sql", "ui/a", "ab/" + "z" * 62):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")
    cache = Cache(str(tmp_path))
    cache.put(cache.key(b"x"), FACTS)
    cache.prune()
    assert cache.get(cache.key(b"x")) is None
    assert [path.read_text() for path in (tmp_path / "db", tmp_path / "ui") for path in path.iterdir()] == ["mine"] * 2
    assert (tmp_path / "ab" / ("z" * 62)).exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_a_fifo_in_the_place_of_an_entry_is_a_miss(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "cache"))
    key = cache.key(b"x")
    cache.put(key, FACTS)
    entry = tmp_path / "cache" / key[:2] / key[2:]
    entry.unlink()
    os.mkfifo(entry)
    assert cache.get(key) is None
    cache.put(key, FACTS)
    assert cache.get(key) == FACTS
