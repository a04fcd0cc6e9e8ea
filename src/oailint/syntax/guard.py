"""What stands before the parser: libcst takes minutes, or crashes the process, on some texts.

``check`` is one linear pass over the text. It knows strings, comments and brackets, and no grammar, so what it finds
is a suspicion: CPython's compiler, which has limits of its own and does not crash, has the last word.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import NamedTuple

from oailint import masking
from oailint.facts import Broken
from oailint.syntax.tokens import Tokens

MAX_BRACKETS = 200
"""CPython's own limit; libcst crashes at 1,500."""
MAX_INDENTS = 100
"""CPython's own limit."""
MAX_LINKS = 400
"""Operators, attributes, calls and the like in a row; libcst crashes at 4,000 or so."""
MAX_DEPTH = 600
"""Links and brackets, one inside the other."""
MAX_STRINGS = 1_500
"""Strings side by side; libcst gives up at 4,000."""
MAX_BRANCHES = 1_000
"""``elif`` in a row."""
MAX_TOKENS = 400_000
"""libcst takes 2 KB and 15 microseconds for each."""

_SCANNED = re.compile(
    r'(?P<string>"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:""")?'
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:''')?"
    r'|"[^"\\\r\n]*(?:\\(?:\r\n|.)[^"\\\r\n]*)*"?'
    r"|'[^'\\\r\n]*(?:\\(?:\r\n|.)[^'\\\r\n]*)*'?)"
    r"|(?P<newline>(?:\r\n?|\n)(?P<indent>[ \t\f]*)"
    r"(?P<word>(?:elif|def|class|return|import|while|try|except|raise|with|pass|del)\b|(?=[\r\n#])|\Z)?)"
    r"|(?P<comma>[,;])"
    r"|(?P<open>[(\[{])"
    r"|(?P<close>[)\]}])"
    r"|(?P<link>\*\*=?|//=?|<<=?|>>=?|[-+*/%@&|^<>!=]=|[-+*/%@&|^~<>]|\.(?=[^\W\d]|[ \t\\\r\n#])"
    r"|\b(?:and|or|not|if|else|lambda|await|for|in|is)\b)"
    r"|(?P<assign>=)"
    r"|(?P<skip>#[^\r\n]*|\\(?:\r\n?|\n))",
    re.DOTALL,
)
_FEW_TOKENS = 90
_DEEP = re.compile(rf"[\r\n][ \f]{{{MAX_INDENTS}}}")
_DEEP_WITH_TABS = re.compile(rf"[\r\n][ \t\f]{{{MAX_INDENTS // 8}}}")
_LINE_END = re.compile(r"\r\n?|\n")
_PREFIX = re.compile(r"\s*[A-Za-z]{0,2}")


class _Suspicion(NamedTuple):
    reason: str
    offset: int
    is_structural: bool
    """Whether the depth of CPython's tree can tell if it is true."""


def check(text: str, *, max_size: int | None = None, tokens: Tokens | None = None) -> Broken | None:
    """Why ``text`` must not be given to the parser; None if it may.

    ``max_size`` is the most characters that are read, ``tokens`` are those of ``text`` if they are known.
    """
    if max_size is not None and len(text) > max_size:
        return Broken(f"the file is too large: {len(text):,} characters, more than {max_size:,}", 1, 1, False)
    nul = text.find("\0")
    if nul >= 0:
        return Broken("Python does not accept a NUL character", *_place(text, nul), True)
    if _is_harmless(tokens or Tokens(text)):
        return None
    suspicion = _Scan(text).run()
    if suspicion is None:
        return None
    verdict = rejected(text, suspicion.offset)
    if verdict is not None:
        return verdict
    if suspicion.is_structural and _tree_depth(text) <= MAX_LINKS:
        return None
    return Broken(suspicion.reason, *_place(text, suspicion.offset), False)


def _is_harmless(tokens: Tokens) -> bool:
    """Whether the scan surely finds nothing: told at a third of its cost, and true of most texts.

    At the end of a line that nothing joins to the next the scan begins anew, but for indentation and strings side by
    side. No line of few tokens is too much, as none of them is more than two links; others are scanned alone.
    """
    text = tokens.text
    if (
        len(text) >= MAX_TOKENS // 2
        or text.count('"') + text.count("'") > 2 * MAX_STRINGS
        or text.count("elif") > MAX_BRANCHES
        or (_DEEP_WITH_TABS if "\t" in text else _DEEP).search(text)
    ):
        return False
    ends = tokens.lines()
    if ends is None:
        return False
    starts = [*tokens.starts, len(text)]
    # In a name that is not ASCII the scan may see several words.
    few = 0 if tokens.has_odd_names() else _FEW_TOKENS
    before = -1
    for end in [*ends, len(starts) - 2]:
        if end - before > few and _Scan(text[starts[before + 1] : starts[end + 1]]).run() is not None:
            return False
        before = end
    return True


def rejected(text: str, offset: int) -> Broken | None:
    """CPython's verdict: None if it accepts ``text``. ``offset`` is where to point if it does not say where."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Not ``ast.parse``: only the whole compiler bounds the depth of what it accepts.
            compile(text, "<text>", "exec", dont_inherit=True)
    except SyntaxError as error:
        line, column = _place(text, offset)
        if error.lineno:
            line = min(error.lineno, 1 + len(_LINE_END.findall(text)))
            column = max(error.offset or 1, 1)
        return Broken(_one_line(error.msg), line, column, True)
    except (RecursionError, MemoryError, OverflowError):
        return Broken("too deeply nested: Python cannot compile it", *_place(text, offset), True)
    except ValueError as error:
        return Broken(_one_line(str(error)), *_place(text, offset), True)
    return None


def judge(text: str, *, line: int = 1, column: int = 1) -> Broken:
    """Why the parser failed on ``text``, at ``line`` and ``column``: CPython's reason, if it rejects the text too."""
    offset = _offset(text, line, column)
    return rejected(text, offset) or Broken("the parser cannot read this file, though Python can", line, column, False)


def unreadable(text: str, error: BaseException) -> Broken:
    """What to say of a ``text`` on which reading broke off with ``error``."""
    kind = type(error).__name__
    return rejected(text, 0) or Broken(f"the parser broke off ({kind}), though Python can read the file", 1, 1, False)


def _one_line(message: str) -> str:
    return masking.mask_line((message.strip() or "invalid syntax").splitlines()[0][:200])


def _tree_depth(text: str) -> int:
    """How deep CPython's tree of ``text``, which it accepts, is; the operands of ``and`` and ``or`` count as nested."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rest: list[tuple[ast.AST, int]] = [(ast.parse(text), 0)]
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        return MAX_DEPTH
    deepest = 0
    while rest:
        node, depth = rest.pop()
        deepest = max(deepest, depth)
        extra = len(node.values) - 1 if isinstance(node, ast.BoolOp) else 0
        rest += [(child, depth + 1 + extra) for child in ast.iter_child_nodes(node)]
    return deepest


def _place(text: str, offset: int) -> tuple[int, int]:
    line, start = 1, 0
    for match in _LINE_END.finditer(text, 0, offset):
        line, start = line + 1, match.end()
    return line, offset - start + 1


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for number, match in enumerate(_LINE_END.finditer(text), 1):
        if number >= line:
            break
        start = match.end()
    return min(start + column - 1, len(text))


class _Scan:
    """One pass over a text. An *element* is what stands between two commas (or line ends, outside of brackets)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.stack: list[tuple[int, int, int]] = []
        """Of each open bracket: links and inner depth of its element so far, depth of the elements before."""
        self.links = self.inner = self.deepest = 0
        self.strings = 0
        self.end = 0
        """Where the last token ended, if it was a string or a blank after one."""
        self.indents: list[int] = [0]
        self.branches: list[int] = [0]

    def run(self) -> _Suspicion | None:
        """The first thing in the text that is too much."""
        tokens = 0
        text = self.text
        for match in _SCANNED.finditer(text):
            kind = match.lastgroup
            if kind == "link":
                self.links += 1
                if self.links > MAX_LINKS:
                    return _Suspicion(f"an expression of more than {MAX_LINKS} links", match.start(), True)
            elif kind == "comma" or kind == "assign":
                self._end_element()
            elif kind == "string":
                self._string(match)
                if self.strings > MAX_STRINGS:
                    return _Suspicion(f"more than {MAX_STRINGS:,} strings side by side", match.start(), False)
            elif kind == "newline" or kind == "indent" or kind == "word":
                self._newline(match)
                if len(self.indents) > MAX_INDENTS:
                    return _Suspicion(f"more than {MAX_INDENTS} levels of indentation", match.end("indent"), True)
                if self.branches[-1] > MAX_BRANCHES:
                    return _Suspicion(f"more than {MAX_BRANCHES:,} elif in a row", match.end("indent"), False)
                continue
            elif kind == "open":
                self.stack.append((self.links, self.inner, self.deepest))
                self.links = self.inner = self.deepest = 0
                if len(self.stack) > MAX_BRACKETS:
                    return _Suspicion(f"more than {MAX_BRACKETS} brackets inside each other", match.start(), True)
            elif kind == "close":
                self._close()
                if self.inner + self.links > MAX_DEPTH:
                    return _Suspicion("an expression that is too deeply nested", match.start(), True)
            tokens += 2
            if tokens > MAX_TOKENS:
                return _Suspicion(f"more than {MAX_TOKENS:,} tokens", match.start(), False)
        while self.stack:
            self._close()
        if self.inner + self.links > MAX_DEPTH:
            return _Suspicion("an expression that is too deeply nested", len(text), True)
        return None

    def _end_element(self) -> None:
        depth = self.links + self.inner
        if depth > self.deepest:
            self.deepest = depth
        self.links = self.inner = 0

    def _close(self) -> None:
        """A call or an index is a link of what stands before it."""
        if not self.stack:
            return
        depth = max(self.deepest, self.links + self.inner) + 1
        self.links, self.inner, self.deepest = self.stack.pop()
        self.links += 1
        self.inner = max(self.inner, depth)

    def _string(self, match: re.Match[str]) -> None:
        gap = _PREFIX.fullmatch(self.text, self.end, match.start()) if self.strings else None
        self.strings = 1 if gap is None else self.strings + 1
        self.end = match.end()

    def _newline(self, match: re.Match[str]) -> None:
        if self.strings and _PREFIX.fullmatch(self.text, self.end, match.start()):
            self.end = match.start("indent")
        word = match["word"]
        if self.stack:
            if word is None or not word.isalpha() or word == "elif":
                return
            # No bracket is open before such a word: the scan has lost count, in an f-string perhaps.
            self.stack.clear()
        self.links = self.inner = self.deepest = 0
        if word is not None and not word.isalpha():
            return
        width = len(match["indent"].expandtabs())
        while width < self.indents[-1]:
            self.indents.pop()
            self.branches.pop()
        if width > self.indents[-1]:
            self.indents.append(width)
            self.branches.append(0)
        if word == "elif":
            self.branches[-1] += 1
        elif not self.text.startswith("else", match.end("indent")):
            self.branches[-1] = 0
