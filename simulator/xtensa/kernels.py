"""All viper kernels of the firmware: their machine code for the ESP32 and their Python.

Called by: tests/xtensa, benches/bench_device.py, recorder.py.
"""

import importlib
from pathlib import Path

from simulator.shims import install_micropython
from simulator.xtensa import mpyfile

FOLDER = Path(__file__).resolve().parents[2] / "firmware/callclip/core/kernels"
PACKAGE = "callclip.core.kernels"


def sources():
    return sorted(FOLDER.glob("*.py"))


def machine_code():
    """{module.function: bytes} of every viper function."""
    codes = {}
    for source in sources():
        codes.update(mpyfile.viper_functions(source))
    return codes


def python_functions(names):
    """{module.function: the same function on CPython}."""
    install_micropython()
    found = {}
    for name in names:
        module, function = name.split(".")
        found[name] = getattr(importlib.import_module(f"{PACKAGE}.{module}"), function)
    return found
