"""Where a frame's facts and the talk's stand is said once; kernels repeat it, and cannot be wrong.

Viper sees constants of its own file only. A kernel that reads a fact therefore says
`_FACT_LEVEL_CDB = const(0)`, `_TALK_DROP = const(6)` or `_MOMENT_SHOWN = const(0)`: each must be
the word that core/frame.py, core/talk.py or core/ear.py gives that name.
"""

import ast

from tests.house.source import ROOT, modules, write

HOMES = {"_FACT_": "firmware/callclip/core/frame.py", "_TALK_": "firmware/callclip/core/talk.py"}
HOMES["_MOMENT_"] = "firmware/callclip/core/ear.py"


def words(module):
    """{name: word} of each `name = fact(word)`."""
    return {name: word for _line, name, word in called(module, "fact")}


def called(module, function):
    """(line, name, number) of each `name = function(number)` with a plain number."""
    for node in ast.walk(module.tree):
        is_call = isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if is_call and getattr(node.value.func, "id", "") == function:
            argument = node.value.args[0]
            if isinstance(argument, ast.Constant):
                yield node.lineno, node.targets[0].id, argument.value


def findings(root):
    found = list(modules(root, "firmware"))
    facts = {start: words(m) for start, home in HOMES.items() for m in found if m.path == home}
    out = []
    for module in found:
        for line, name, number in called(module, "const"):
            for start, known in facts.items():
                if name.startswith(start) and known.get(name[len(start) :].lower()) != number:
                    out.append(f"{module.path}:{line}: {name} is not {number}")
    return out


def test_kernels_know_where_facts_stand():
    assert not findings(ROOT)


def test_a_wrong_word_is_found(tmp_path):
    write(tmp_path, HOMES["_FACT_"], '"""Frame."""\n\n\nclass C:\n    drop = fact(3)\n')
    write(tmp_path, "firmware/k.py", '"""K."""\n_FACT_DROP = const(4)\n_FACT_DRIP = const(3)\n')
    assert [line.split(": ")[0] for line in findings(tmp_path)] == [
        "firmware/k.py:2",
        "firmware/k.py:3",
    ]
