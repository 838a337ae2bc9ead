"""Units stand last in names: `hold_ms`, `floor_cdb`, `LED_PWM_HZ`.

Checked where a reader has only the name to go by: the keys of the configuration, the fields of
events and summaries, numeric constants of the firmware, and public parameters and attributes whose
last word is a bare quantity (`timeout`, `delay`).
"""

import ast

from callclip.core import config, events

from tests.house.source import ROOT, modules, write

UNITS = {
    "16th": "16ths of a band of the spectrum, or of a centi-dB",
    "4cdb": "steps of 4 centi-dB",
    "bin": "index of a band of the spectrum",
    "bytes": "bytes",
    "ccdb": "hundredths of a centi-dB",
    "cdb": "centi-dB",
    "chz": "centi-hertz",
    "days": "days",
    "frames": "frames of 20 ms",
    "hz": "hertz",
    "lag": "samples at 8 kHz between a sound and its repetition",
    "ms": "milliseconds",
    "pct": "per cent",
    "pin": "GPIO number",
    "points": "points of a score that the same module explains",
    "q10": "1024ths",
    "q8": "256ths",
    "rings": "bursts of ringing",
    "rows": "rows of a table",
    "s": "seconds",
    "samples": "samples",
    "spm": "syllables a minute",
    "us": "microseconds",
    "words": "words of 32 bits",
}
KEYS_WITHOUT = {"break_strain": "a score", "unit_number": "a pseudonym"}
FIELDS_WITHOUT = {
    "n": "the how-manieth",
    "stage": "the how-manieth",
    "score": "a score",
    "strain": "a score",
    "holds": "a count",
    "interruptions_agent": "a count",
    "interruptions_customer": "a count",
    "backchannels": "a count",
    "prompts": "a count",
    "syllables_per_min": "the unit is spelt out",
}
# Smaller numbers are codes, counts and bit numbers; a quantity this large needs its unit.
SMALLEST_QUANTITY = 32
CONSTANTS_WITHOUT = {
    "_UNTIL": "a place in a kernel's state",
    "STRAIN_MAX": "a score",
    "_DUTY_OF_COMPONENT": "duty cycle for one step of a colour component",
    "_FAR": "farther back than any frame: the largest small int",
    "_FIRST_CONTEXT": "a place in a kernel's state",
    "_FIRST_PEAK": "a place in a kernel's state",
    "_FIRST_POOL": "a place in a kernel's state",
    "_FIRST_SUM": "a place in a kernel's state",
    "_HALF_DUTY": "half of the duty cycle's 16 bits",
    "_INDEX": "a place in the facts of a frame",
    "_KIND": "a place in a kernel's state",
    "_LESS": "a place in a table",
    "_LINE": "the place where the line's facts begin; short because kernels say it in every line",
    "_LOUD_PEAK": "a sample of 24 bits",
    "_MARK": "a byte that says that the bytes after it are ours",
    "_MINIMA": "a place in a kernel's state",
    "_NO_STEP": "more than any energy: the largest small int",
    "_OTHERS": "a place in a kernel's state",
    "_REST": "a place in a kernel's state",
    "_STRAIN_LONG_MAX": "a score",
    "NEVER_DUE": "later than any frame: the largest small int",
}
BARE_QUANTITIES = {"delay", "duration", "gap", "interval", "loudness", "period", "rate"}
BARE_QUANTITIES |= {"time", "timeout", "volume", "wait"}
PARAMETERS_WITHOUT = {("join", "timeout"): "threading.Thread's own name"}


def _has_unit(name):
    return name.lower().rpartition("_")[2] in UNITS


def key_findings(names):
    return [
        name
        for name in names
        if not _has_unit(name) and not name.startswith("is_") and name not in KEYS_WITHOUT
    ]


def field_findings(table):
    words = {field for _code, field in events.ENUMS}
    return [
        f"{name}.{field}"
        for name, fields in table
        for field in fields
        if not _has_unit(field)
        and field not in FIELDS_WITHOUT
        and field not in words
        and field not in events.FLAGS
    ]


def _number(node):
    """The whole number a constant's value comes to, or None."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "const":
        node = node.args[0]
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def constant_findings(root):
    out = []
    for module in modules(root, "firmware"):
        for node in module.tree.body:
            if not isinstance(node, ast.Assign) or _number(node.value) is None:
                continue
            if abs(_number(node.value)) < SMALLEST_QUANTITY:
                continue
            for target in node.targets:
                name = getattr(target, "id", "")
                if name.isupper() and not _has_unit(name) and not _is_count(name):
                    out.append(f"{module.at(node)}: {name} does not say its unit")
    return out


def _is_count(name):
    is_place = name.startswith("_FACT_")  # test_facts.py holds it
    return is_place or name.lstrip("_").startswith("N_") or name in CONSTANTS_WITHOUT


def quantity_findings(root):
    """Public parameters, and attributes of self, that end in a bare quantity.

    The shims carry MicroPython's own names.
    """
    out = []
    for module in modules(root, "firmware", "host_tools", "simulator", "benches"):
        if module.path.startswith("simulator/shims/"):
            continue
        for node in ast.walk(module.tree):
            for name in _public_names(node):
                if name.rpartition("_")[2] in BARE_QUANTITIES:
                    out.append(f"{module.at(node)}: {name} does not say its unit")
    return out


def _is_exempt(function, name):
    return name.startswith("_") or (function, name) in PARAMETERS_WITHOUT


def _public_names(node):
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
        arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
        names = [argument.arg for argument in arguments]
        return [name for name in names if not _is_exempt(node.name, name)]
    is_set = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    if is_set and getattr(node.value, "id", "") == "self" and not node.attr.startswith("_"):
        return [node.attr]
    return []


def test_configuration_keys_say_their_unit():
    assert not key_findings(row[0] for row in config.SCHEMA)


def test_event_fields_say_their_unit():
    assert not field_findings(events.TABLE.values())


def test_constants_say_their_unit():
    assert not constant_findings(ROOT)


def test_parameters_and_attributes_say_their_unit():
    assert not quantity_findings(ROOT)


def test_exceptions_are_still_needed():
    """An exception for a name that is gone would hide the next one."""
    assert set(KEYS_WITHOUT) <= {row[0] for row in config.SCHEMA}
    assert set(FIELDS_WITHOUT) <= {field for row in events.TABLE.values() for field in row[1]}
    text = "\n".join(module.text for module in modules(ROOT, "firmware"))
    assert [name for name in CONSTANTS_WITHOUT if f"\n{name} = " not in text] == []


def test_breaches_are_found(tmp_path):
    assert key_findings(["hold", "hold_ms", "is_on"]) == ["hold"]
    assert field_findings([("RING", ("n", "level", "level_cdb"))]) == ["RING.level"]
    write(
        tmp_path,
        "firmware/callclip/core/a.py",
        "HOLD = 3000\nFLOOR = const(-6000)\nHOLD_MS = 3000\nCODE = 7\n"
        "def wait(timeout, _gap):\n    pass\n"
        "class A:\n    def __init__(self):\n        self.delay = 1\n        self._delay = 2\n",
    )
    assert len(constant_findings(tmp_path)) == 2
    assert len(quantity_findings(tmp_path)) == 2
