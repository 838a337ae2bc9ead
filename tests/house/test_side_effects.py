"""Importing the firmware does nothing: no pin is opened, no file read, nothing is started.

At module level stand imports, definitions and values made of constants; only main.py, which the
device runs, acts. A core module may compute its tables with functions of the core: those are pure.
"""

import ast

import pytest

from tests.house.source import ROOT, modules, write

PURE = {"array", "bytes", "const", "len", "max", "min", "namedtuple", "range", "tuple"}
ACTS = {"firmware/main.py"}


def findings(root):
    out = []
    for module in modules(root, "firmware"):
        if module.path in ACTS:
            continue
        pure = PURE | (_core_names(module) if "/core/" in module.path else set())
        for node in module.tree.body:
            out += [f"{module.at(node)}: {what} on import" for what in _acts(node, pure)]
    return out


def _core_names(module):
    """Functions a core module defines or takes from the core."""
    names = set()
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            if getattr(node.value.func, "id", "") == "namedtuple":
                names |= {target.id for target in node.targets}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("callclip.core"):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


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
        if isinstance(inner, ast.Call) and getattr(inner.func, "id", "") not in pure:
            yield f"{ast.unparse(inner.func)}()"


def test_importing_the_firmware_does_nothing():
    assert not findings(ROOT)


@pytest.mark.parametrize(
    "path, text",
    [
        ("ports/led.py", "from machine import Pin\nPIN = Pin(4)\n"),
        ("ports/store.py", "LOG = open('log')\n"),
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
        '"""A."""\nA, B = range(2)\nC = const(3)\ndef t():\n    return ()\nT = t()\n',
    )
    assert not findings(tmp_path)
