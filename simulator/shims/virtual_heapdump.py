"""The virtual unit's whole heap, for benches/device/heapmap.py.

`write` makes two files: PATH has the heap's bytes, PATH.text what micropython.mem_info(1) says of
its blocks, from which address on, and then a line of JSON: the addresses of MicroPython's own types
and of what modules hold, by name.
Called by: virtual_heap. Ref: MicroPython, py/gc.c (gc_dump_alloc_table).
"""

import array
import gc
import json
import sys

import ffi
import micropython

_STDOUT = 1
_TRUNCATE_AND_WRITE = 0o1101


def write(path, open_host):
    """open_host: opens files of this computer."""
    libc = ffi.open("libc.so.6")
    dup = libc.func("i", "dup", "i")
    dup2 = libc.func("i", "dup2", "ii")
    close = libc.func("i", "close", "i")
    open_file = libc.func("i", "open", "sii")
    write_bytes = libc.func("i", "write", "iii")
    text_path = path + ".text"
    gc.collect()
    n_bytes = gc.mem_alloc() + gc.mem_free()
    number = open_file(text_path, _TRUNCATE_AND_WRITE, 0o600)
    stdout = dup(_STDOUT)
    dup2(number, _STDOUT)
    micropython.mem_info(1)
    dup2(stdout, _STDOUT)
    close(number)
    close(stdout)
    with open_host(text_path, "r") as file:
        for line in file:
            if " from " in line:
                start = int(line.rstrip().rstrip(":").split(" from ")[1], 16)
                break
    number = open_file(path, _TRUNCATE_AND_WRITE, 0o600)
    write_bytes(number, start, n_bytes)
    close(number)
    with open_host(text_path, "a") as file:
        file.write("\n" + json.dumps({"types": _types(), "names": _names()}) + "\n")


def _address(thing):
    number = id(thing)
    return number & 0x7FFFFFFF if number < 0 else number


class _Sample:
    def method(self):
        yield self

    @staticmethod
    def static():
        pass

    @property
    def some(self):
        return lambda: self


def _types():
    sample = _Sample()
    samples = (
        (1 << 40), "", b"", bytearray(), (), [], {}, set(), array.array("i"), memoryview(b""),
        _Sample.static, sample.method, sample.some, _Sample.method, sample.method(), gc,
        _Sample.__dict__["some"], _Sample.__dict__["static"], sys.stdin, object(), 1.5,
    )  # fmt: skip
    out = {str(type(thing)): _address(type(thing)) for thing in samples}
    out["<type>"] = _address(type)
    return out


def _names():
    out = {}
    for module in list(sys.modules.values()):
        name = module.__name__
        for key in dir(module):
            thing = getattr(module, key)
            if not isinstance(thing, int):
                out.setdefault(_address(thing), name + ":" + key)
    return out
