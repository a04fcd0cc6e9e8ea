"""Code that is odd but valid is linked like any other."""

from __future__ import annotations

import pytest

from oailint.config import Config
from oailint.project.meaning import link
from oailint.syntax.extract import extract

REQUEST = "import openai\nopenai.ChatCompletion.create(model='m')\n"

ODD = {
    "a call in the target of a for": "for f().x in y:\n    pass\n",
    "a call in the index of a for's target": "for x[len(x)] in a:\n    pass\n",
    "a display in the index of a for's target": "for x[[1][0]] in a:\n    pass\n",
    "a call in the target of a with": "with a as f()[0]:\n    pass\n",
    "a call in the index of a with's target": "with a as x[len(x)]:\n    pass\n",
    "a call in a comprehension's target": "r = [1 for self.f().x in y]\n",
    "a call in an annotation": "def ask(kind: get_model().Kind):\n    return kind\n",
    "a dict in an annotation": "def ask(kind: {'a': int}['a']):\n    return kind\n",
    "an instance that is its own __call__": "class A:\n    pass\n\n\nA.__call__ = A()\nA()()\n",
    "a __call__ that is given": "class A:\n    def __init__(self, f):\n        self.__call__ = f\n\n\nA(A(print))()\n",
    "a tuple of errors that seems to hold itself": (
        "import openai\nE = (ValueError,)\nE = (E, KeyError)\n"
        "try:\n    openai.ChatCompletion.create()\nexcept E:\n    pass\n"
    ),
    "a class that derives from itself": "class A:\n    pass\n\n\nclass A(A):\n    pass\n\n\nA().x()\n",
    "a call in a guard": "import openai\nmatch x:\n    case 1 if openai.ChatCompletion.create():\n        pass\n",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_it_is_linked_and_hides_nothing_else(text: str) -> None:
    facts = {"odd.py": extract(text), "plain.py": extract(REQUEST)}
    project = link(facts, Config())
    assert [one.location.path for one in project.requests if one.location.path == "plain.py"] == ["plain.py"]
