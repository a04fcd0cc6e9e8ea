"""An expression in the place of another: precedence, imports, comments, formatted strings."""

from __future__ import annotations

import pytest
from drafts import changed

from oailint.findings import Location, Substitute


def substitute(marked: str, template: str, *names: str) -> str:
    def plan(target: Location, *parts: Location) -> Substitute:
        return Substitute(target, template, names, parts)

    return changed(marked, plan)


@pytest.mark.parametrize(
    ("before", "template", "after"),
    [
        ("if «x»: pass\n", "a or b", "if a or b: pass\n"),
        ("if not «x»: pass\n", "a or b", "if not (a or b): pass\n"),
        ("if not «x»: pass\n", "a == b", "if not a == b: pass\n"),
        ("if c and «x»: pass\n", "a or b", "if c and (a or b): pass\n"),
        ("if «x» and c: pass\n", "a and b", "if a and b and c: pass\n"),
        ("if c and «x»: pass\n", "a and b", "if c and (a and b): pass\n"),
        ("if c or «x»: pass\n", "a and b", "if c or a and b: pass\n"),
        ("y = «x» == 1\n", "a in b", "y = (a in b) == 1\n"),
        ("y = 1 == «x»\n", "a + b", "y = 1 == a + b\n"),
        ("y = «x» * 2\n", "a + b", "y = (a + b) * 2\n"),
        ("y = 2 - «x»\n", "a - b", "y = 2 - (a - b)\n"),
        ("y = «x» ** 2\n", "-a", "y = (-a) ** 2\n"),
        ("y = «x».z\n", "a or b", "y = (a or b).z\n"),
        ("y = «x»()\n", "a or b", "y = (a or b)()\n"),
        ("y = f(«x»)\n", "a or b", "y = f(a or b)\n"),
        ("y = f(*«x»)\n", "a or b", "y = f(*(a or b))\n"),
        ("y = [z for z in w if «x»]\n", "a if b else c", "y = [z for z in w if (a if b else c)]\n"),
        ("y = «x» if b else c\n", "a if d else e", "y = (a if d else e) if b else c\n"),
        ("y = («x»)\n", "a or b", "y = (a or b)\n"),
        ("if not(«x»)in c: pass\n", "a or b", "if not(a or b)in c: pass\n"),
        ('if«"x"»in c: pass\n', "y", "if y in c: pass\n"),
        ("y = f'{«x»}'\n", "a + b", "y = f'{a + b}'\n"),
        (
            "y = f'{«x»}'\n",
            "a['b']",
            "refused: it stands in a formatted string, which could not hold the new text before Python 3.12",
        ),
        ("def isinstance(a, b): ...\ny = «x»\n", "isinstance(a, b)", "refused: `isinstance` means something else here"),
        ("def f(isinstance):\n    return «x»\n", "isinstance(a, b)", "refused: `isinstance` means something else here"),
        ("def f(isinstance): ...\ny = «x»\n", "isinstance(a, b)", "def f(isinstance): ...\ny = isinstance(a, b)\n"),
        ("y = «x»\n", "a +", "refused: the new expression is none"),
        ("y = «x»\n", "{c}", "refused: the template has no value for {c}"),
        ("y = (\n    «x  # why\n    + 1»\n)\n", "a", "refused: a comment inside would be lost"),
    ],
)
def test_parentheses(before: str, template: str, after: str) -> None:
    assert substitute(before, template) == after


@pytest.mark.parametrize(
    ("before", "template", "after"),
    [
        ("y = «⟪x⟫»\n", "{a}.code", "y = x.code\n"),
        ("y = «f(⟪x or z⟫)»\n", "{a}.code", "y = (x or z).code\n"),
        ("y = «f(⟪x or z⟫)»\n", "not {a}", "y = not (x or z)\n"),
        ("y = «f(⟪x or z⟫)»\n", "g({a})", "y = g(x or z)\n"),
        ("y = «f((⟪x or z⟫))»\n", "{a}.code", "y = (x or z).code\n"),
        ("y = w and «f(⟪x or z⟫)»\n", "{a}", "y = w and (x or z)\n"),
        ("y = «f(⟪x⟫, ⟦'q'⟧)»\n", "{b} in {a}", "y = 'q' in x\n"),
        ("y = «f(⟪x\n  # why\n  .z⟫)»\n", "{a}.code", "y = (x\n  # why\n  .z.code)\n"),
        ("y = «f(⟪[\n  1,  # why\n]⟫)»\n", "len({a})", "y = (len([\n  1,  # why\n]))\n"),
    ],
)
def test_parts_are_kept(before: str, template: str, after: str) -> None:
    assert substitute(before, template) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import openai\n\ny = «x»\n", "import openai\n\ny = openai.E\n"),
        ("import openai as oa\n\ny = «x»\n", "import openai as oa\n\ny = oa.E\n"),
        ("from openai import E as F\n\ny = «x»\n", "from openai import E as F\n\ny = F\n"),
        ("from openai import A, Z\n\ny = «x»\n", "from openai import A, E, Z\n\ny = E\n"),
        ("from openai import (\n    A,\n)\n\ny = «x»\n", "from openai import (\n    A,\n    E,\n)\n\ny = E\n"),
        (
            "from openai import (\n    A,  # a\n    Z\n)\n\ny = «x»\n",
            "from openai import (\n    A,\n    E,  # a\n    Z\n)\n\ny = E\n",
        ),
        ("from openai import Z\ny = «x»\n", "from openai import E, Z\ny = E\n"),
        ("y = «x»\n", "import openai\n\ny = openai.E\n"),
        ('"""Doc."""\ny = «x»\n', '"""Doc."""\n\nimport openai\n\ny = openai.E\n'),
        (
            "from __future__ import annotations\ny = «x»\n",
            "from __future__ import annotations\n\nimport openai\n\ny = openai.E\n",
        ),
        (
            "#!/bin/python\n# coding: utf-8\ny = «x»\n",
            "#!/bin/python\n# coding: utf-8\nimport openai\n\ny = openai.E\n",
        ),
        ("# licence\n\n# about y\ny = «x»\n", "# licence\n\nimport openai\n\n# about y\ny = openai.E\n"),
        ("import os\n\ny = «x»\n", "import os\n\nimport openai\n\ny = openai.E\n"),
        ("import os\r\n\r\ny = «x»\r\n", "import os\r\n\r\nimport openai\r\n\r\ny = openai.E\r\n"),
        ("import os\rimport zlib\ry = «x»\r", "import os\rimport zlib\r\rimport openai\ry = openai.E\r"),
        ("import os\nimport numpy\n\ny = «x»\n", "import os\nimport numpy\nimport openai\n\ny = openai.E\n"),
        ("import numpy\nimport pandas\n\ny = «x»\n", "import numpy\nimport openai\nimport pandas\n\ny = openai.E\n"),
        ("import os; import sys\ny = «x»\n", "import os; import sys\n\nimport openai\ny = openai.E\n"),
        (
            "try:\n    import openai\nexcept ImportError:\n    openai = None\n\ny = «x»\n",
            "try:\n    import openai\nexcept ImportError:\n    openai = None\n\ny = openai.E\n",
        ),
        (
            "import typing\n\nif typing.TYPE_CHECKING:\n    import openai\n\ny = «x»\n",
            "import typing\n\nimport openai\n\nif typing.TYPE_CHECKING:\n    import openai\n\ny = openai.E\n",
        ),
        (
            "def f():\n    import openai\n\ndef g():\n    return «x»\n",
            "import openai\n\n\ndef f():\n    import openai\n\ndef g():\n    return openai.E\n",
        ),
        ("def f():\n    import openai as o\n    return «x»\n", "def f():\n    import openai as o\n    return o.E\n"),
        (
            "import openai\n\ndef f(openai):\n    return «x»\n",
            "import openai\nimport openai as openai_2\n\ndef f(openai):\n    return openai_2.E\n",
        ),
        ("openai = 1\ny = «x»\n", "import openai as openai_2\n\nopenai = 1\ny = openai_2.E\n"),
        ("y = «x»", "import openai\n\ny = openai.E"),
    ],
)
def test_names_are_written_as_the_file_writes_them(before: str, after: str) -> None:
    assert substitute(before, "{0}", "openai.E") == after


def test_an_import_comes_before_its_use() -> None:
    before = "import os\ny = «x»\nimport zlib\n"
    assert substitute(before, "{0}", "sys.path") == "import os\nimport sys\ny = sys.path\nimport zlib\n"
