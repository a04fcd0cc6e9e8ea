"""The tokens of a text and where they stand, for texts that libcst's parser accepts.

Nothing is checked here but that every string ends. What is no token of Python comes out as single characters, which do
not add up afterwards.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate, repeat

_GAP = r"[ \t\f\r\n]*(?:(?:\\(?:\r\n?|\n)|\#[^\r\n]*)[ \t\f\r\n]*)*"
_STRING = (
    r"(?:[bB][rR]?|[fF][rR]?|[tT][rR]?|[rR][bBfFtT]?|[uU])?"
    r'(?:"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    r'|"[^"\\\r\n]*(?:\\(?:\r\n|.)[^"\\\r\n]*)*"'
    r"|'[^'\\\r\n]*(?:\\(?:\r\n|.)[^'\\\r\n]*)*')"
)
_BEFORE_QUOTE = r"[bBfFtTrRuU][rRbBfFtT]?[\"']"
# Whatever is not ASCII is part of a name: "\w" lacks some characters that Python allows in names.
_NAME = rf"(?!{_BEFORE_QUOTE})[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*"
_NUMBER = (
    r"0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+"
    r"|(?:[0-9][0-9_]*(?:\.(?:[0-9][0-9_]*)?)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?[jJ]?"
)
# Dots are single, as those of a relative import are.
_OPERATOR = r"\*\*=?|//=?|>>=?|<<=?|->|:=|[-+*/%@&|^=!<>]=|<>|[^\"']"
# The commonest come first.
_TOKEN = re.compile(rf"(?:[(),\[\]]|{_NAME}|\.(?![0-9])|=(?!=)|{_STRING}|{_NUMBER}|{_OPERATOR})", re.DOTALL)
_WITH_GAP = re.compile(_TOKEN.pattern + _GAP, re.DOTALL)
_LEADING = re.compile(_GAP)
_COMMENT = re.compile(r"\#[^\r\n]*")
_NEWLINE = re.compile(r"[\r\n]")
_DEPTH = {**dict.fromkeys("([{", 1), **dict.fromkeys(")]}", -1)}
_CLAUSES = frozenset({"else", "elif", "except", "finally"})
_UNKNOWN: list[int] = []
_BLANK = " \t\f\r\n"
_BLANKS = frozenset(_BLANK)


class Tokens:
    """The tokens of a text by their index; more can be added after them, for the inside of f-strings."""

    __slots__ = ("_lines", "is_complete", "pieces", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        lead = blank_end(text, 0)
        self.pieces: list[str] = _WITH_GAP.findall(text, lead)
        """Each token with the blanks, comments and line ends after it."""
        self.starts = list(accumulate(map(len, self.pieces), initial=lead))
        self.is_complete = self.starts.pop() == len(text)
        """Whether they are all of the text: if not, a string does not end."""
        self._lines: list[int] | None = _UNKNOWN

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

    def add_all(self, start: int, end: int) -> bool:
        """Adds the tokens from ``start``, where one begins, to ``end``; whether no string is cut off there."""
        pieces = _WITH_GAP.findall(self.text, start, end)
        starts = list(accumulate(map(len, pieces), initial=start))
        is_complete = starts.pop() == end
        self.starts += starts
        self.pieces += pieces
        return is_complete

    def forget(self, size: int) -> None:
        """Drops all tokens but the first ``size``."""
        del self.starts[size:], self.pieces[size:]

    def lines(self) -> list[int] | None:
        """The indexes of tokens at which a line surely ends that no bracket or continuation joins to the next.

        None if the brackets do not match, or the tokens are incomplete.
        """
        if self._lines is _UNKNOWN:
            self._lines = self._told_lines()
        return self._lines

    def _told_lines(self) -> list[int] | None:
        pieces = self.pieces
        depths = list(accumulate(map(_DEPTH.get, [piece[0] for piece in pieces], repeat(0))))
        if not self.is_complete or (depths and (depths[-1] or min(depths) < 0)):
            return None
        blank = _BLANKS
        return [
            index
            for index, depth in enumerate(depths)
            if not depth and pieces[index][-1] in blank and self._ends_line(index)
        ]

    def cuts(self, size: int) -> list[int]:
        """Offsets that cut the text into parts of whole statements, each of ``size`` characters or a little more."""
        found: list[int] = []
        pieces, starts = self.pieces, self.starts
        least = size
        for index in self.lines() or ():
            # What is not indented begins a statement, but for some clauses and what is below a decorator.
            if (
                starts[index] >= least
                and pieces[index][-1] in "\r\n"
                and index + 1 < len(pieces)
                and pieces[index + 1].rstrip(_BLANK) not in _CLAUSES
                and not self._is_decorator(index)
            ):
                found.append(starts[index + 1])
                least = starts[index + 1] + size
        return found

    def _is_decorator(self, index: int) -> bool:
        """Whether the line that the token ``index`` ends may be a decorator."""
        lines = self.lines() or []
        place = bisect_left(lines, index)
        first = lines[place - 1] + 1 if place else 0
        return self.pieces[first][0] == "@"

    def _ends_line(self, index: int) -> bool:
        piece = self.pieces[index]
        if "\n" not in piece and "\r" not in piece:
            return False
        width = self.end(index) - self.starts[index]
        return "\\" not in piece[width:] and _NEWLINE.search(piece, width) is not None

    def has_odd_names(self) -> bool:
        """Whether a name, or what is no token of Python, is not ASCII."""
        if self.text.isascii():
            return False
        odd = [index for index, piece in enumerate(self.pieces) if not piece.isascii()]
        starts, text = self.starts, self.text
        return any(
            text[end - 1] not in "\"'" and not text[start:end].isascii()
            for start, end in [(starts[index], self.end(index)) for index in odd]
        )

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
