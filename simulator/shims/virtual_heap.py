"""How the virtual unit's heap stands, as micropython.mem_info says it.

mem_info speaks to standard output, which is the unit's serial port: a file in memory takes its
place meanwhile. Called by: virtual_world, when a run wants to look at the heap.
Units: bytes; MicroPython's blocks have 16. Ref: MicroPython, py/modmicropython.c, py/gc.c.
"""

import gc

import ffi
import micropython

_BLOCK_BYTES = 16
_STDOUT = 1


class Heap:
    """`look` tells of the heap after a collection."""

    def __init__(self):
        libc = ffi.open("libc.so.6")
        self._dup = libc.func("i", "dup", "i")
        self._dup2 = libc.func("i", "dup2", "ii")
        self._seek = libc.func("i", "lseek", "iii")
        self._read = libc.func("i", "read", "ipi")
        self._close = libc.func("i", "close", "i")
        self._words = libc.func("i", "memfd_create", "si")("mem_info", 0)
        self._text = bytearray(400)

    def look(self):
        """Bytes in use, free, of the largest free block; how many things have one block, two."""
        gc.collect()
        stdout = self._dup(_STDOUT)
        self._seek(self._words, 0, 0)
        self._dup2(self._words, _STDOUT)
        micropython.mem_info()
        self._dup2(stdout, _STDOUT)
        self._close(stdout)
        self._seek(self._words, 0, 0)
        n_bytes = self._read(self._words, self._text, len(self._text))
        text = str(self._text[:n_bytes], "utf-8")
        return {
            "used": _number_behind(text, "used: "),
            "free": _number_behind(text, "free: "),
            "largest_free": _number_behind(text, "max free sz: ") * _BLOCK_BYTES,
            "n_1_block": _number_behind(text, " 1-blocks: "),
            "n_2_blocks": _number_behind(text, " 2-blocks: "),
        }


def _number_behind(text, words):
    at = text.index(words) + len(words)
    end = at
    while end < len(text) and text[end].isdigit():
        end += 1
    return int(text[at:end])
