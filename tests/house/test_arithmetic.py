"""The core counts in integers: no float literal, no float(), no division that makes one.

The ESP32 computes floats in software and allocates each; and a float would differ between engines.
"""

import ast

import pytest

from tests.house.source import ROOT, modules, write


def findings(root):
    out = []
    for module in modules(root, "firmware/callclip/core"):
        for node in ast.walk(module.tree):
            what = _float_in(node)
            if what:
                out.append(f"{module.at(node)}: {what} in core")
    return out


def _float_in(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, (float, complex)):
        return f"the float {node.value}"
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div):
        return "a true division"
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    if is_call and node.func.id in ("float", "complex", "round", "divmod", "pow"):
        return f"{node.func.id}()"
    return ""


def test_core_has_no_float():
    assert not findings(ROOT)


@pytest.mark.parametrize("line", ["x = 1.5", "x = a / b", "x /= 2", "x = float(a)", "x = 1e3"])
def test_a_float_is_found(line, tmp_path):
    write(tmp_path, "firmware/callclip/core/a.py", line + "\n")
    assert len(findings(tmp_path)) == 1


def test_whole_division_passes(tmp_path):
    write(tmp_path, "firmware/callclip/core/a.py", "x = a // b\n")
    assert not findings(tmp_path)
