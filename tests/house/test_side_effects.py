"""Importing the firmware does nothing: no pin is opened, no file read, nothing is started.

At module level stand imports, definitions and values made of constants; only main.py, which the
device runs, acts. A core module may compute its tables with functions of the core: those are pure.
"""

import ast

import pytest

from tests.house.source import ROOT, modules, write

PURE = {"array", "bytes", "const", "len", "max", "memoryview", "min"}
PURE |= {"namedtuple", "range", "sum", "tuple"}
ACTS = {"firmware/main.py"}


def findings(root):
    out = []
    for module in modules(root, "firmware"):
        if module.path in ACTS:
            continue
        pure = PURE | _pure_names(module)
        for node in module.tree.body:
            out += [f"{module.at(node)}: {what} on import" for what in _acts(node, pure)]
    return out


def _pure_names(module):
    """A module's own named tuples; in the core its functions, too, and what it takes from there."""
    is_core = "/core/" in module.path
    names = set()
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            if getattr(node.value.func, "id", "") == "namedtuple":
                names |= {target.id for target in node.targets}
        elif is_core and isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif is_core and isinstance(node, ast.ImportFrom) and _is_core(node.module):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


def _is_core(name):
    return (name or "").startswith("callclip.core")


def _called(call):
    """The first name of what is called: `units` of units.frames_from_ms()."""
    node = call.func
    while isinstance(node, ast.Attribute):
        node = node.value
    return getattr(node, "id", "")


def _acts(node, pure):
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef)):
        return
    if isinstance(node, ast.ClassDef):
        for inner in node.body:
            yield from _acts(inner, pure)
        return
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if not is_text and not isinstance(node, (ast.Assign, ast.AnnAssign)):
        yield type(node).__name__
        return
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and _called(inner) not in pure:
            yield f"{ast.unparse(inner.func)}()"


def test_importing_the_firmware_does_nothing():
    assert not findings(ROOT)


@pytest.mark.parametrize(
    "path, text",
    [
        ("ports/led.py", "from machine import Pin\nPIN = Pin(4)\n"),
        ("ports/segments.py", "LOG = open('log')\n"),
        ("ports/clock.py", "class Clock:\n    epoch = time.time()\n"),
        ("ports/a.py", "def f():\n    pass\nX = f()\n"),
        ("app.py", "run()\n"),
        ("app.py", "if True:\n    X = 1\n"),
        ("core/a.py", "for x in range(3):\n    pass\n"),
        ("core/a.py", "X = Thing.made()\n"),
    ],
)
def test_an_act_is_found(path, text, tmp_path):
    write(tmp_path, "firmware/callclip/" + path, text)
    assert len(findings(tmp_path)) == 1


def test_tables_pass(tmp_path):
    write(
        tmp_path,
        "firmware/callclip/core/a.py",
        '"""A."""\nfrom callclip.core import units\nWAIT = units.frames_from_ms(300)\n'
        "A, B = range(2)\nC = const(3)\ndef t():\n    return ()\nT = t()\n",
    )
    assert not findings(tmp_path)
