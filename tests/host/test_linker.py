"""The linker: names that need not exist are gone, and what is left means what it meant.

That the whole linked firmware does what its sources do is shown by tests/vm/test_virtual_unit.py,
which runs both.
"""

import ast

import pytest

from host_tools import linker
from host_tools.failure import Failure

WATCHDOG = b"def restart():\n    pass\n"


def linked(unit, **modules):
    """{name: value} of the linked unit's globals, and its text."""
    files = {
        "/callclip/unit.py": unit.encode(),
        "/callclip/ports/watchdog.py": WATCHDOG,
        "/callclip/core/kernels/__init__.py": b"",
        **{f"/callclip/core/{name}.py": text.encode() for name, text in modules.items()},
    }
    text = linker.link(files)["/callclip/unit.py"].decode()
    space = {}
    exec(compile(text, "unit.py", "exec"), space)
    return space, text


def test_numbers_stand_where_their_names_stood():
    space, text = linked(
        "from callclip.core import a\nfrom callclip.core.a import LOW\n\n"
        "def both():\n    return a.HIGH - LOW, 2 - LOW\n",
        a="FRAME_MS = 20\n\n\ndef frames(ms):\n    return ms // FRAME_MS\n\n\n"
        "LOW = -frames(100)\n_A, HIGH = range(2)\n",
    )
    assert space["both"]() == (6, 7)
    assert not {"LOW", "HIGH", "FRAME_MS", "frames"} & set(space)
    assert "1 - (-5), 2 - (-5)" in text


def test_a_name_that_two_modules_have_is_told_apart():
    space, _text = linked(
        "from callclip.core import a, b\n\n\ndef both():\n    return a.name(), b.name()\n",
        a="def name():\n    return _word()\n\n\ndef _word():\n    return 1\n",
        b="def name():\n    return _word()\n\n\ndef _word():\n    return 2\n",
    )
    assert space["both"]() == (1, 2)


def test_a_local_name_hides_no_global_one():
    space, _text = linked(
        "from callclip.core import a\n\n\ndef run():\n    pack = 5\n    return a.pack(pack)\n",
        a="def pack(pack):\n    return pack + 1\n",
    )
    assert space["run"]() == 6


def test_a_global_hides_no_builtin_of_another_module():
    space, _text = linked(
        "from callclip.core import a\n\n\ndef run():\n    return a.sum(), sum((1, 2))\n",
        a="def sum():\n    return 9\n",
    )
    assert space["run"]() == (9, 3)


def test_bytes_that_something_makes_are_made_before():
    space, text = linked(
        "from callclip.core import a\n\n\ndef at(i):\n    return a.NEXT[i]\n",
        a="ROWS = ((1, 2), (3, 4))\n\n\ndef _made():\n"
        "    return bytes(x * y for x, y in ROWS)\n\n\nNEXT = _made()\n",
    )
    assert [space["at"](i) for i in range(2)] == [2, 12]
    assert not {"ROWS", "_made"} & set(space) and "ROWS" not in text


def test_arguments_of_nested_functions_stay_apart():
    space, _text = linked(
        "def outer(word, more=2):\n    def inner(value):\n        return word, more, value\n"
        "    return inner\n\n\ndef run():\n    return outer(1)(3), (lambda x, y: x - y)(5, 4)\n"
    )
    assert space["run"]() == ((1, 2, 3), 1)


def test_an_argument_that_is_named_in_a_call_keeps_its_name():
    space, _text = linked(
        "def f(a, step=1):\n    return a * step\n\n\ndef run():\n    return f(2, step=3)\n"
    )
    assert space["run"]() == 6


def test_private_attributes_of_relatives_stay_apart():
    space, text = linked(
        "from callclip.core.a import Base\n\n\nclass Unit(Base):\n    def __init__(self):\n"
        "        super().__init__()\n        self._mine = 2\n\n    def _hook(self):\n"
        "        return self._mine\n\n\ndef run():\n    return Unit().both()\n",
        a="class Base:\n    def __init__(self):\n        self._own = 1\n\n    def both(self):\n"
        "        return self._own, self._hook()\n\n    def _hook(self):\n        return 0\n",
    )
    assert space["run"]() == (1, 2)
    assert not {"_own", "_mine", "_hook"} & _attributes(text)


def test_public_attributes_are_shortened_unless_another_object_has_them():
    space, text = linked(
        "import json\n\n\nclass Unit:\n    def __init__(self):\n        self.level = 1\n"
        "        self.title = ''\n        self.named = 0\n\n    def read(self):\n"
        "        return self.level\n\n    def both(self):\n"
        "        return self.read(), getattr(self, 'named')\n\n\n"
        "def run():\n    return Unit().both()\n"
    )
    assert space["run"]() == (1, 0)
    assert {"title", "named", "read"} < _attributes(text) and "level" not in _attributes(text)


FRAME = """
_RINGS = 1


def fact(word):
    def read(self):
        return self.facts[word]

    def write(self, value):
        self.facts[word] = value

    return property(read, write)


class Frame:
    rings = fact(_RINGS)
    start = fact(0)

    def __init__(self):
        self.facts = [0, 0]
        self.rings = 3
        self.start = 5
"""


def test_a_fact_is_read_where_it_stands():
    """`start` is another class's, too: it stays a property for who knows only the frame."""
    space, text = linked(
        "from callclip.core.frame import Frame\n\n\nclass Other:\n    def __init__(self):\n"
        "        self.start = 8\n\n\ndef run():\n    frame = Frame()\n    frame.rings += 1\n"
        "    return frame.rings, frame.start, Other().start\n",
        frame=FRAME,
    )
    assert space["run"]() == (4, 5, 8)
    assert "rings" not in _attributes(text) and "start" in _attributes(text)
    assert "[1] += 1" in text and "[0] = 5" in text and "self.start" not in text.split("Other")[0]


def test_a_fact_that_no_access_needs_leaves_nothing():
    space, text = linked(
        "from callclip.core.frame import Frame\n\n\ndef run():\n    return Frame().rings\n",
        frame=FRAME,
    )
    assert space["run"]() == 3
    assert "property" not in text


def _attributes(text):
    return {node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}


def test_lines_stay_lines():
    _space, text = linked("VALUE = 1\n\n\ndef run():\n    return VALUE\n")
    lines = text.splitlines()
    start = lines.index("# /callclip/unit.py") + 1
    assert lines[start + 4] == "    return 1"


@pytest.mark.parametrize(
    "unit, words",
    [
        ("if True:\n    A = 1\n", "unit.py:1: a module that is linked has imports"),
        ("A = 1\nA = 2\n", "unit.py:2: A is there twice"),
        ("def f(:\n", "unit.py:1: "),
        ("def f():\n    global A\n", "unit.py:2: a function changes a global name"),
        ("from callclip.core import a\n\n\ndef f():\n    return [a]\n", "used as an object"),
    ],
)
def test_what_cannot_be_linked_is_named(unit, words):
    with pytest.raises(Failure, match=words):
        linked(unit, a="B = 1\n")
