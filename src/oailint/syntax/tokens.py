"""The tokens of a text and where they stand, for texts that libcst's parser accepts.

Nothing is checked here. What is no token of Python comes out as single characters, which do not add up afterwards.
"""

from __future__ import annotations

import re
from itertools import accumulate

_GAP = r"(?:[ \t\f\r\n]+|\\(?:\r\n?|\n)|\#[^\r\n]*)*"
_STRING = (
    r"(?:[bB][rR]?|[fF][rR]?|[tT][rR]?|[rR][bBfFtT]?|[uU])?"
    r'(?:"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    r'|"[^"\\\r\n]*(?:\\(?:\r\n|.)[^"\\\r\n]*)*"'
    r"|'[^'\\\r\n]*(?:\\(?:\r\n|.)[^'\\\r\n]*)*')"
)
# Whatever is not ASCII is part of a name: "\w" lacks some characters that Python allows in names.
_NAME = r"[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*"
_NUMBER = (
    r"0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+"
    r"|(?:[0-9][0-9_]*(?:\.(?:[0-9][0-9_]*)?)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?[jJ]?"
)
# Dots are single, as those of a relative import are.
_OPERATOR = r"\*\*=?|//=?|>>=?|<<=?|->|:=|[-+*/%@&|^=!<>]=|<>|."
_TOKEN = re.compile(f"(?:{_STRING}|{_NAME}|{_NUMBER}|{_OPERATOR})", re.DOTALL)
_WITH_GAP = re.compile(_TOKEN.pattern + _GAP, re.DOTALL)
_LEADING = re.compile(_GAP)
_COMMENT = re.compile(r"\#[^\r\n]*")
_BLANK = " \t\f\r\n"
_BLANKS = frozenset(_BLANK)


class Tokens:
    """The tokens of a text by their index; more can be added after them, for the inside of f-strings."""

    __slots__ = ("pieces", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        lead = blank_end(text, 0)
        self.pieces: list[str] = _WITH_GAP.findall(text, lead)
        """Each token with the blanks, comments and line ends after it."""
        self.starts = list(accumulate(map(len, self.pieces), initial=lead))
        self.starts.pop()

    def end(self, index: int) -> int:
        """Where the token ``index`` ends."""
        piece, start = self.pieces[index], self.starts[index]
        if piece[-1] in _BLANKS:
            piece = piece.rstrip(_BLANK)
        if "#" in piece or "\\" in piece:
            match = _TOKEN.match(piece)
            return start if match is None else start + match.end()
        return start + len(piece)

    def add(self, start: int, end: int) -> int:
        """Adds one token; its index."""
        self.starts.append(start)
        self.pieces.append("x" * (end - start))  # What it looks like is not asked, and blanks at its end belong to it.
        return len(self.starts) - 1

    def add_all(self, start: int, end: int) -> None:
        """Adds the tokens from ``start``, where one begins, to ``end``."""
        pieces = _WITH_GAP.findall(self.text, start, end)
        if pieces:
            self.starts += accumulate(map(len, pieces[:-1]), initial=start)
            self.pieces += pieces

    def forget(self, size: int) -> None:
        """Drops all tokens but the first ``size``."""
        del self.starts[size:], self.pieces[size:]

    def comments(self, size: int) -> list[tuple[int, int]]:
        """Where the comments are before, between and after the first ``size`` tokens."""
        first = self.starts[0] if size else len(self.text)
        found = [match.span() for match in _COMMENT.finditer(self.text, 0, first)]
        for index in range(size):
            if "#" in self.pieces[index]:
                end = self.starts[index] + len(self.pieces[index])
                found += [match.span() for match in _COMMENT.finditer(self.text, self.end(index), end)]
        return found


def blank_end(text: str, start: int) -> int:
    """Where the blanks, comments and line ends that begin at ``start`` end."""
    match = _LEADING.match(text, start)
    return start if match is None else match.end()
