"""Addresses on CPython: `uctypes.addressof`, and what lies at an address.

Each buffer gets a stretch of 64 KB of its own, so that no address of one is one of another; the
stretch is free again when the buffer is gone. Numbers below the first stretch are no addresses.
Called by: micropython.py (casts of addresses to pointers), simulator/xtensa/recorder.py, tests.
"""

import weakref

import numpy as np

STRETCH_BITS = 16
LEAST_ADDRESS = 1 << STRETCH_BITS
_MOST_STRETCHES = 1 << 15  # an address is a word with sign


class _Memory:
    def __init__(self):
        self._of = {}  # id of a buffer -> its stretch
        self._at = {}  # stretch -> the buffer, or a way to it
        self._free = []
        self._n_used = 0

    def addressof(self, buffer):
        """The address of the buffer's first byte; of a memoryview, within what it is a view of."""
        whole = buffer.obj if isinstance(buffer, memoryview) else buffer
        offset = _first_byte(buffer) - _first_byte(whole) if whole is not buffer else 0
        stretch = self._of.get(id(whole))
        if stretch is None:
            stretch = self._take(whole)
        return (stretch << STRETCH_BITS) + offset

    def view(self, address):
        """The bytes from this address to the end of its buffer."""
        found = self._at.get(address >> STRETCH_BITS)
        buffer = found() if isinstance(found, weakref.ref) else found
        if buffer is None:
            raise ValueError(f"nothing lies at address {address:#x}")
        view = memoryview(buffer).cast("B")
        offset = address & (LEAST_ADDRESS - 1)
        if offset > len(view):
            raise ValueError(f"address {address:#x} lies behind its buffer of {len(view)} bytes")
        return view[offset:]

    def _take(self, whole):
        if memoryview(whole).nbytes >= LEAST_ADDRESS:
            raise ValueError("a kernel's buffer has less than 64 KB")
        if self._free:
            stretch = self._free.pop()
        else:
            self._n_used += 1
            stretch = self._n_used
            if stretch >= _MOST_STRETCHES:
                raise MemoryError("too many buffers of kernels")
        self._of[id(whole)] = stretch
        try:
            self._at[stretch] = weakref.ref(whole, self._forget(id(whole), stretch))
        except TypeError:
            self._at[stretch] = whole  # bytes: they stay
        return stretch

    def _forget(self, number, stretch):
        def forget(_ref):
            del self._of[number]
            del self._at[stretch]
            self._free.append(stretch)

        return forget


def _first_byte(buffer):
    return np.frombuffer(buffer, np.uint8).__array_interface__["data"][0]


_memory = _Memory()
addressof = _memory.addressof
view = _memory.view
