"""Whatever a call looks like: what is fixed is Python, is fixed once, and all other lines stay as they are."""

from __future__ import annotations

import ast
import io
import re
import tokenize

from drafts import HAS_HELPER, carry_out, compiles, draft, finding
from hypothesis import given, settings
from hypothesis import strategies as st

import oailint
from oailint.findings import BackOff, DropArgument, FixPlan, Location, Safety, SetArgument
from oailint.fixing import Workspace, rounds

quick = settings(max_examples=150, deadline=None, derandomize=True, database=None)

newlines = st.sampled_from(["\n", "\r\n", "\r"])
comments = st.sampled_from(["", "  # why", "  # )", "\t# ä, b=1", "  # 'x"])
values = st.sampled_from(
    ["1", "'a, b'", "(1, 2)", "[x for x in y]", "{**d}", "lambda a, b=1: a", '"é" f"{x}"', "a if b else c",
     "g(\n    1,  # one\n    *z\n)"]
)  # fmt: skip
keywords = st.sampled_from(["model", "input", "n"])
units = st.sampled_from(["", " ", "    ", "\t"])


@st.composite
def arguments(draw: st.DrawFn) -> list[str]:
    positional = draw(st.lists(values, max_size=2))
    starred = draw(st.lists(st.just("*args"), max_size=1))
    named = draw(st.lists(keywords, max_size=3, unique=True))
    space = draw(st.sampled_from(["=", " = "]))
    unpacked = draw(st.lists(st.sampled_from(["**k", "** l"]), max_size=2, unique=True))
    return [*positional, *starred, *(f"{name}{space}{draw(values)}" for name in named), *unpacked]


@st.composite
def calls(draw: st.DrawFn, func: str) -> str:
    """A call in some layout: on a line, hanging, one argument a line, with or without a last comma and comments."""
    args = draw(arguments())
    layout = draw(st.sampled_from(["line", "rows", "hanging"]))
    comma = draw(st.booleans()) and bool(args)
    if layout == "line":
        return f"{func}({', '.join(args)}{',' if comma else ''})"
    gap = draw(st.sampled_from(["\n    ", "\n        ", "\n"]))
    rows = [arg + ("," if comma or index + 1 < len(args) else "") + draw(comments) for index, arg in enumerate(args)]
    start = gap if layout == "rows" else ""
    return f"{func}({draw(comments) if layout == 'rows' else ''}{start}{gap.join(rows)}\n)"


chains = st.sampled_from(
    ["client.chat.completions.create", "client . chat.completions\\\n  .create", "(client).chat.completions.create",
     "self.client.chat.completions.create", "get()[0].chat.completions.create"]
)  # fmt: skip
frames = st.sampled_from(
    ["{}\n", "x = {}\n", "def f():\n    return {}\n", "async def f():\n\treturn [1, await {}]\n", "if not {}: pass\n",
     "x = [y for y in {} if y]\n", "print(a, {}, sep='')  # done\n", "x = a and {} or b\n", "with {} as z: pass\n",
     "class A:\n  b = {}\n", "for x in {}:\n    pass\n", "assert {}, 'no'\n", "@{}\ndef f(): ...\n",
     "del a; b = {}; c = 1\n"]
)  # fmt: skip
tops = st.sampled_from(
    ["", "import openai\n", "from openai import OpenAI\n\n", '"""Doc."""\n', "#!/bin/sh\n# c\n\n",
     "import os; import re\n",
     "from __future__ import annotations\n\nimport numpy\n\n",
     "try:\n    import openai\nexcept ImportError:\n    pass\n\n"]
)  # fmt: skip


def untouched(old: str, new: str, first: str) -> None:
    """All lines of ``old`` but those of the statement that begins with the line ``first`` are in ``new``, in order."""
    rest = iter(new.splitlines())
    assert all(line in rest for line in old.splitlines() if line.strip() and line not in first.splitlines())


@quick
@given(st.data(), tops, frames, chains, newlines, st.booleans(), st.sampled_from(["already", "options"]))
def test_a_request_under_backoff(
    data: st.DataObject, top: str, frame: str, chain: str, newline: str, has_helper: bool, quiet: str
) -> None:
    call = data.draw(calls("\0"))
    statement = frame.replace("{}", call.replace("\0", f"«{chain}»"))
    one = draft((top + (HAS_HELPER if has_helper else "") + statement + "after = 1").replace("\n", newline))
    if not compiles(one.text):  # not every layout is Python in every place
        return
    plan = FixPlan("t", (BackOff(one.places[0], 3, False, "v1", quiet),), Safety.SAFE)
    done = carry_out({"a.py": one.text}, [plan])
    assert not done.refused
    text = done.texts["a.py"]
    tree = ast.parse(text)
    wrapped = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "with_backoff"
    ]
    options = ".with_options(max_retries=0)" if quiet == "options" else ""
    client, _, method = ast.unparse(ast.parse(f"({chain})")).rpartition(".chat.")
    assert [ast.unparse(node.args[0]) for node in wrapped] == [f"{client}{options}.chat.{method}"]
    assert text.count("def with_backoff(") == 1
    assert set(re.findall("\r\n|\r|\n", text)) == {newline}
    untouched(one.text, text, (frame.replace("{}", call.replace("\0", chain))).replace("\n", newline))
    again = carry_out({"a.py": text}, [plan])
    assert again.refused or again.texts["a.py"].count("def with_backoff(") == 1


@quick
@given(st.data(), frames, newlines, st.sampled_from(["timeout", "n"]))
def test_an_argument_set_and_dropped(data: st.DataObject, frame: str, newline: str, keyword: str) -> None:
    call = data.draw(calls("f"))
    one = draft(frame.replace("{}", f"«{call}»").replace("\n", newline))
    if not compiles(one.text):
        return
    place = one.places[0]
    done = carry_out({"a.py": one.text}, [FixPlan("t", (SetArgument(place, keyword, "0"),))])
    if done.refused:
        assert done.refused[0][1] in ("a comment inside would be lost", "the code is already as the fix would make it")
        return
    text = done.texts["a.py"]
    before, after = the_call(one.text), the_call(text)
    assert {one.arg: ast.unparse(one.value) for one in after.keywords if one.arg} == {
        **{one.arg: ast.unparse(one.value) for one in before.keywords if one.arg},
        keyword: "0",
    }
    assert list(map(ast.unparse, before.args)) == list(map(ast.unparse, after.args))
    assert comments_of(text) == comments_of(one.text)
    again = carry_out({"a.py": text}, [FixPlan("t", (SetArgument(grown(text, place), keyword, "0"),))])
    assert again.refused[0][1] == "the code is already as the fix would make it"
    dropped = carry_out({"a.py": text}, [FixPlan("t", (DropArgument(grown(text, place), keyword),))])
    if keyword == "timeout" and not dropped.refused:
        assert ast.dump(ast.parse(dropped.texts["a.py"])) == ast.dump(ast.parse(one.text))


def the_call(text: str) -> ast.Call:
    return next(
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and ast.unparse(node.func) == "f"
    )


def comments_of(text: str) -> list[str]:
    lines = io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")).readline
    return [token.string for token in tokenize.generate_tokens(lines) if token.type == tokenize.COMMENT]


def grown(text: str, place: Location) -> Location:
    """The place of the same call, which begins where it did and ends elsewhere."""
    from oailint.syntax.verbs.tree import Tree

    tree = Tree(text)
    start = tree.lines.offset(place.span.line, place.span.column)
    ends = [end for begin, end in tree._expressions if begin == start]
    spans = (tree.lines.span(start, end) for end in sorted(ends))
    return Location(place.path, next(span for span in spans if type(tree.expression(span)).__name__ == "Call"))


words = st.sampled_from(["OAI101", "OAI401", "missing-retry", "oai301"])
lists_of_words = st.lists(words, min_size=1, max_size=3)


@quick
@given(st.lists(st.tuples(units, st.booleans(), lists_of_words, comments), min_size=1, max_size=5), newlines)
def test_suppressions_removed(rows: list[tuple[str, bool, list[str], str]], newline: str) -> None:
    lines, kept = [], []
    for space, alone, codes, other in rows:
        comment = f"# oailint: ignore[{', '.join(codes)}]"
        if alone:
            lines.append(f"{comment}")
        else:
            lines.append(f"x = 1{space}{comment}{other if '# why' in other else ''}")
            kept.append(f"x = 1{space}{other.strip()}" if "# why" in other else "x = 1")
    text = newline.join([*lines, "y = 2"]) + newline
    fixed = oailint.fix_source(text)
    assert fixed.text == newline.join([*kept, "y = 2"]) + newline
    assert not fixed.report.findings
    assert oailint.fix_source(fixed.text).text == fixed.text


@quick
@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=6))
def test_requests_of_one_client_share_what_they_need(names: list[str]) -> None:
    """Several plans ask for the same helper, the same import and the same argument: each is made once."""
    text = "import openai\n\nclient = ⟪openai.OpenAI()⟫\n" + "".join(f"client.{name}.create()\n" for name in names)
    one = draft(text)
    constructor = one.places[0]
    plans = []
    for index, name in enumerate(names):
        line, length = 4 + index, len(f"client.{name}.create")
        target = Location("a.py", type(constructor.span)(line, 1, line, 1 + length))
        plans.append(FixPlan("t", (BackOff(target, 2, False, "v1", "constructor", constructor),), Safety.SAFE))
    done = carry_out({"a.py": one.text}, plans)
    result = done.texts["a.py"]
    assert len(done.applied) == len(names)
    assert result.count("max_retries=0") == result.count("def with_backoff(") == 1
    assert result.count("= with_backoff") + result.count("\nwith_backoff(client.") == len(names)
    workspace = Workspace({"a.py": one.text}.get, frozenset({"a.py"}), frozenset({"a.py"}), True, lambda: "stdlib")
    [shown] = rounds.with_fixes(workspace, [finding(plans[0])])
    assert shown.fix is not None and {edit.location.path for edit in shown.fix.edits} == {"a.py"}
