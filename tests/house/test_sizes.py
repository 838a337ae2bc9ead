"""Rooms stay small: about 250 lines a file and 40 a function, and never past the limits here; a
kernel may be longer.

Every module says in its docstring what it is for.
"""

import ast

from tests.house.source import FOLDERS, ROOT, modules, write

FILE_LINES = 400
FUNCTION_LINES = 60
KERNELS = "firmware/callclip/core/kernels/"
KERNEL_LINES = 140  # viper calls no other function cheaply
LONGER_FUNCTIONS = {
    f"{KERNELS}net.py::step": "all layers of a plan in one call, unrolled where the time goes"
}
LONGER_FILES = {"firmware/callclip/core/weights.py": "numbers that a program has written"}


def findings(root):
    out = []
    for module in modules(root, *FOLDERS):
        n_lines = module.text.count("\n")
        if n_lines > FILE_LINES and module.path not in LONGER_FILES:
            out.append(f"{module.path}: {n_lines} lines, {FILE_LINES} are the limit")
        is_empty_package = module.path.endswith("__init__.py") and not module.text.strip()
        if not ast.get_docstring(module.tree) and not is_empty_package:
            out.append(f"{module.path}: no docstring says what it is for")
        for node in ast.walk(module.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                n_lines = node.end_lineno - node.lineno + 1
                most = KERNEL_LINES if module.path.startswith(KERNELS) else FUNCTION_LINES
                place = f"{module.path}::{node.name}"
                if n_lines > most and place not in LONGER_FUNCTIONS:
                    out.append(f"{place}: {n_lines} lines, {most} are the limit")
    return out


def test_files_and_functions_stay_small():
    assert not findings(ROOT)


def test_exceptions_are_still_needed():
    long_files = {m.path for m in modules(ROOT, *FOLDERS) if m.text.count("\n") > FILE_LINES}
    assert set(LONGER_FILES) <= long_files


def test_breaches_are_found(tmp_path):
    write(tmp_path, "firmware/long.py", '"""Long."""\n' + "x = 1\n" * FILE_LINES)
    write(tmp_path, "host_tools/mute.py", "x = 1\n")
    body = "    x = 1\n" * FUNCTION_LINES
    write(tmp_path, "simulator/wide.py", f'"""Wide."""\n\n\ndef f():\n{body}')
    write(tmp_path, "simulator/__init__.py", "")
    assert [finding.split(":")[0] for finding in findings(tmp_path)] == [
        "firmware/long.py",
        "host_tools/mute.py",
        "simulator/wide.py",
    ]
