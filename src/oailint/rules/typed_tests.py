"""Typed tests in the place of tests on the text of an error: which, how sure they are, and how they are written."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from oailint import knowledge

if TYPE_CHECKING:
    from oailint.project.model import Question


CLASS_NAME = "class-name"
CLASS = "class"
"""The source of what is no text, but a typed test already, on classes of the SDK."""
FILLER = frozenset(
    (
        "a", "an", "code", "current", "error", "has", "http", "is", "key", "model's", "occurred", "of", "please",
        "provided", "request", "status", "that", "the", "this", "was", "you", "your",
    )
)  # fmt: skip
"""Words beside a fragment that say nothing more than it does."""
BEGINNING = "error code: "
"""How the text of an answer's error begins."""
MOST_CLASSES = 4
"""More classes than this are no answer to the question which error it is."""
BROAD = frozenset(("openai.OpenAIError", "openai.APIError", "openai.APIStatusError", "openai.error.OpenAIError"))
"""Classes that most errors of a request are below."""
ELSEWHERE = frozenset(
    (
        "openai.InvalidRequestError", "openai.InvalidWebhookSignatureError", "openai.WebSocketConnectionClosedError",
        "openai.WebSocketQueueFullError",
    )
)  # fmt: skip
"""Classes that no request raises, or only under another name."""
OR, AND, NOT, ATOM = 1, 2, 3, 4
"""How tightly an expression holds together."""


class NoTypedTest(Exception):
    """There is no typed test for a text; the reason says why."""


class Typed(Struct, frozen=True):
    """An exception of ``classes``, but not of ``excluded``, one of whose ``attributes`` is one of ``values``. Without
    ``classes`` it is known to be of the right one."""

    classes: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    values: tuple[str | int, ...] = ()

    @property
    def plain(self) -> bool:
        return not self.excluded and not self.attributes


class Joined(Struct, frozen=True):
    """Several tests: one must hold (``or``), all (``and``), or the one must not (``not``)."""

    operator: str
    parts: tuple[Typed | Joined, ...]


Tree = Typed | Joined


class Answer(Struct, frozen=True):
    """What to ask in the place of a question, and whether it gives the same verdict on OpenAI's errors."""

    tree: Tree
    safe: bool


def lookup(text: str) -> knowledge.Fragment | None:
    """The row of the fragment table that a tested text falls under: the longest that fits."""
    lowered = text.lower()
    rows = [one for one in knowledge.errors().fragments if (one.text == lowered if one.exact else one.text in lowered)]
    return max(rows, key=lambda row: len(row.text), default=None)


# --- from questions to tests --------------------------------------------------------------------


def answer(question: Question, sdk: str) -> Answer:
    """The typed test for a question. Raises NoTypedTest."""
    if question.source == CLASS:
        return Answer(_negated(Typed(question.texts), question.negated), True)
    if question.parts:
        answers = [answer(part, sdk) for part in question.parts]
    else:
        answers = [_for_text(text, question, sdk) for text in question.texts]
    tree = _negated(_joined(question.joined, [one.tree for one in answers]), question.negated)
    return Answer(tree, all(one.safe for one in answers))


def _negated(tree: Tree, negated: bool) -> Tree:
    return Joined("not", (tree,)) if negated else tree


def _for_text(text: str, question: Question, sdk: str) -> Answer:
    if question.source == CLASS_NAME:
        found = _for_class_name(text, question.exact, sdk)
        if found is not None:
            return found
    row = lookup(text)
    if row is None:
        raise NoTypedTest(f'no class or attribute is known that tells what the text "{text}" tells')
    if row.fix == "no":
        raise NoTypedTest(f'no class or attribute tells what the text "{text}" tells: {row.note}')
    if sdk == "v0":
        return _for_legacy(text, row)
    same = row.fix == "fix" and question.whole and question.source in ("str", "message") and not question.exact
    if question.anchored and not text.lower().startswith(BEGINNING):
        same = False  # some errors have another text at their ends
    typed = Typed(row.classes, row.excluded, row.attributes, row.values)
    return Answer(typed, same and _says_no_more(text, row.text))


def _for_legacy(text: str, row: knowledge.Fragment) -> Answer:
    if not row.legacy:
        raise NoTypedTest(f'in SDK 0.x no class tells what the text "{text}" tells, and only some errors have a code')
    return Answer(Typed(row.legacy, (), *((row.attributes, row.values) if row.attributes == ("code",) else ())), False)


def _says_no_more(text: str, fragment: str) -> bool:
    """Whether the words around a fragment in the tested text are empty ones."""
    rest = text.lower().replace(fragment, " ")
    words = "".join(char if char.isalnum() or char == "'" else " " for char in rest).split()
    return all(word in FILLER for word in words)


def _for_class_name(text: str, exact: bool, sdk: str) -> Answer | None:
    """The classes of the SDK whose name is ``text`` or holds it; None if there are none."""
    classes = knowledge.errors().classes
    prefix = "openai.error" if sdk == "v0" else "openai"
    last = text.rpartition(".")[2]
    wanted = last.lower()
    tails = {
        name: name.rpartition(".")[2] for name in classes
        if name.rpartition(".")[0] == prefix and name not in ELSEWHERE
    }  # fmt: skip
    matched = {
        name for name, tail in tails.items() if (tail.lower() == wanted if exact else wanted in tail.lower())
    }  # fmt: skip
    roots = sorted(name for name in matched if not _ancestors(name) & matched)
    if not roots or not wanted:
        return None
    if BROAD & set(roots) or len(roots) > MOST_CLASSES:
        what = "most errors are of classes below" if exact else "too many classes have names with"
        raise NoTypedTest(f'{what} "{text}", so that only the name tells this one apart')
    below = {name for name in classes if _ancestors(name) & set(roots)}
    return Answer(Typed(tuple(roots)), below <= matched and all(last in tails[name] for name in roots))


@functools.cache
def lineage(name: str) -> frozenset[str]:
    """A class and all that it is derived from, by dotted names."""
    classes = knowledge.errors().classes
    seen = {name}
    pending = [name]
    for one in pending:
        for base in classes[one].bases if one in classes else ():
            if base not in seen:
                seen.add(base)
                pending.append(base)
    return frozenset(seen)


def _ancestors(name: str) -> frozenset[str]:
    return lineage(name) - {name}


# --- joining ------------------------------------------------------------------------------------


def _joined(operator: str, parts: Sequence[Tree]) -> Tree:
    flat: list[Tree] = []
    for part in parts:
        flat += part.parts if isinstance(part, Joined) and part.operator == operator else (part,)
    tests = [one for one in flat if isinstance(one, Typed)]
    others: list[Tree] = [one for one in flat if not isinstance(one, Typed)]
    merged: list[Tree] = [*(_any_of(tests) if operator == "or" else _all_of(tests))]
    out = list(dict.fromkeys([*merged, *others]))
    return out[0] if len(out) == 1 else Joined(operator, tuple(out))


def _any_of(tests: Sequence[Typed]) -> list[Typed]:
    """Tests of which one must hold, put together where that says the same in less."""
    classes = dict.fromkeys(name for one in tests if one.plain for name in one.classes)
    wide = tuple(name for name in classes if not _ancestors(name) & set(classes))
    grouped: dict[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], Typed] = {}
    for one in tests:
        if one.plain or all(lineage(name) & set(wide) for name in one.classes):
            continue
        key = (one.classes, one.excluded, one.attributes)
        known = grouped.get(key)
        values = tuple(dict.fromkeys([*(known.values if known else ()), *one.values]))
        grouped[key] = replace(one, values=values)
    return [*([Typed(wide)] if wide else []), *grouped.values()]


def _all_of(tests: Sequence[Typed]) -> list[Typed]:
    """Tests that must all hold, without those that another one implies. Raises NoTypedTest if they exclude one
    another."""
    for first in tests:
        for second in tests:
            if not any(_related(a, b) for a in first.classes for b in second.classes):
                raise NoTypedTest("the texts belong to different errors, which no exception is at once")
    kept = [
        one for one in dict.fromkeys(tests)
        if not one.plain or not any(other != one and _implies(other, one) for other in tests)
    ]  # fmt: skip
    return kept


def _related(first: str, second: str) -> bool:
    return first == second or first in _ancestors(second) or second in _ancestors(first)


def _implies(narrow: Typed, wide: Typed) -> bool:
    return all(lineage(name) & set(wide.classes) for name in narrow.classes)


def check_possible(tree: Tree, caught: Sequence[str]) -> None:
    """Raises NoTypedTest if no exception of the classes in ``caught`` can pass a test of ``tree``."""
    tested = classes_of(tree)
    if not any(_related(one, other) for one in tested for other in caught):
        shown = " or ".join(f"`{name}`" for name in tested)
        raise NoTypedTest(f"the handler catches `{', '.join(caught)}`, which is never {shown}")


# --- writing ------------------------------------------------------------------------------------


def classes_of(tree: Tree) -> tuple[str, ...]:
    """The dotted names of all classes that a test names, each once, in order."""
    names: Iterable[str] = (
        (*tree.classes, *tree.excluded)
        if isinstance(tree, Typed)
        else (name for part in tree.parts for name in classes_of(part))
    )
    return tuple(dict.fromkeys(names))


def written(tree: Tree, exception: str, names: Sequence[str]) -> str:
    """The source of a test, with ``{0}`` for the first of ``names`` and so on."""
    return _written(tree, exception, names)[0]


def written_after(operator: str, tree: Tree, exception: str, names: Sequence[str]) -> str:
    """The source of a test that comes after something else, joined to it with ``operator``: ``{a}``."""
    source, strength = _written(tree, exception, names)
    level = OR if operator == "or" else AND
    return f"{{a}} {operator} {source if strength > AND or strength == level else f'({source})'}"


def _written(tree: Tree, exception: str, names: Sequence[str]) -> tuple[str, int]:
    if isinstance(tree, Typed):
        return _written_test(tree, exception, names)
    if tree.operator == "not":
        without = _written_without(tree.parts[0], exception, names)
        if without is not None:
            return without
        source, strength = _written(tree.parts[0], exception, names)
        return f"not {source if strength >= NOT else f'({source})'}", NOT
    level = OR if tree.operator == "or" else AND
    parts = [_written(part, exception, names) for part in tree.parts]
    # `a and b or c` is right without parentheses, and easier to read with them
    return f" {tree.operator} ".join(
        source if strength > max(level, AND) else f"({source})" for source, strength in parts
    ), level


def _written_without(tree: Tree, exception: str, names: Sequence[str]) -> tuple[str, int] | None:
    """The opposite of a test that asks for one thing only, in its own words (``not in``, ``!=``)."""
    if not isinstance(tree, Typed) or tree.classes or bool(tree.excluded) == bool(tree.attributes):
        return None
    if tree.excluded:
        return f"isinstance({exception}, {_choice(tree.excluded, names)})", ATOM
    asked = knowledge.attribute_test(exception, tree.attributes, tree.values, negated=True)
    return asked, AND if " and " in asked else NOT


def _written_test(test: Typed, exception: str, names: Sequence[str]) -> tuple[str, int]:
    parts = [f"isinstance({exception}, {_choice(test.classes, names)})"] if test.classes else []
    if test.excluded:
        parts.append(f"not isinstance({exception}, {_choice(test.excluded, names)})")
    if test.attributes:
        asked = knowledge.attribute_test(exception, test.attributes, test.values)
        if not parts:
            return asked, OR if " or " in asked else NOT
        parts.append(f"({asked})" if " or " in asked else asked)
    if len(parts) > 1:
        return " and ".join(parts), AND
    return parts[0], ATOM if test.classes else NOT


def _choice(classes: Sequence[str], names: Sequence[str]) -> str:
    holes = [f"{{{names.index(name)}}}" for name in classes]
    return holes[0] if len(holes) == 1 else f"({', '.join(holes)})"
