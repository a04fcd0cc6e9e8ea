"""From bytes to text, as Python would read them."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

import pytest

from oailint.facts import Broken
from oailint.sources import decode, read, split_lines


def broken(data: bytes) -> Broken:
    result = decode(data)
    assert isinstance(result, Broken), result
    return result


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"x = 1\n", "x = 1\n"),
        ("x = 'ä'\n".encode(), "x = 'ä'\n"),
        (codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n"),
        (b"a\r\nb\rc\nd", "a\r\nb\rc\nd"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe4'\n", "# -*- coding: latin-1 -*-\nx = 'ä'\n"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n", None),
        (b"\r# coding: latin-1\rx = '\xe4'\r", "\r# coding: latin-1\rx = 'ä'\r"),
        (codecs.BOM_UTF8 + b"# coding: utf8\n", "# coding: utf8\n"),
        (b"# coding: shift_jis\nx = '\x82\xa0'\n", "# coding: shift_jis\nx = 'あ'\n"),
    ],
)
def test_readable(data: bytes, text: str | None) -> None:
    found = decode(data)
    assert isinstance(found, str)
    assert "€" in found if text is None else found == text


def test_a_declaration_after_code_counts_for_nothing() -> None:
    assert broken(b"x = 1\n# coding: latin-1\n'\xe4'\n").rejected
    assert broken(b"\n\n# coding: latin-1\n'\xe4'\n").rejected


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (b"x = 1\nyy = '\xff'\n", (2, 7), "byte 0xff"),
        ("ä\r\nö = ".encode() + b"\xe4\n", (2, 5), "declares no encoding"),
        (b"# coding: ascii\n\n'\xc3\xa4'\n", (3, 2), "'ascii'"),
        (b"x\n\0", (2, 1), "null bytes"),
        ("x = 1\n".encode("utf-16"), (1, 1), "another encoding"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", (1, 1), "byte order mark"),
    ],
)
def test_what_python_rejects_is_a_finding_with_its_place(data: bytes, place: tuple[int, int], words: str) -> None:
    result = broken(data)
    assert result.rejected
    assert (result.line, result.column) == place
    assert words in result.reason
    with pytest.raises((SyntaxError, ValueError)):
        compile(data, "x", "exec")


@pytest.mark.parametrize("name", ["klingon", "hex", "rot13"])
def test_an_unknown_codec_is_a_problem(name: str) -> None:
    result = broken(f"#!x\n# coding: {name}\n".encode())
    assert not result.rejected
    assert (result.line, name in result.reason) == (2, True)


def test_lines_are_those_of_python() -> None:
    assert split_lines("a\nb\r\nc\rd\x0ce\u2028f\x0bg\n") == ["a", "b", "c", "d\x0ce\u2028f\x0bg", ""]


def test_reading(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_bytes(b"12345")
    assert read(str(file)) == b"12345"
    assert read(str(file), 5) == b"12345"
    large = read(str(file), 4)
    assert isinstance(large, Broken) and not large.rejected and "max-file-size (5 > 4 bytes)" in large.reason


def test_what_is_no_file(tmp_path: Path) -> None:
    for path, words in ((tmp_path, "is a folder"), (tmp_path / "gone.py", "No such file")):
        result = read(str(path))
        assert isinstance(result, Broken) and not result.rejected and words in result.reason


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.py")
    result = read(str(tmp_path / "x.py"))
    assert isinstance(result, Broken) and "a FIFO" in result.reason


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = tmp_path / "x.py"
    file.write_bytes(b"")
    monkeypatch.setattr(os, "open", refuse)
    assert read(str(file)) == Broken("could not be read: Permission denied", 1, 1, False)
