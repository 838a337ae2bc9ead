"""MicroPython's `micropython` module for CPython: the same kernels run, checked, at Python's speed.

Viper and native code become plain functions. A pointer cast becomes a view on the same memory with
the width and sign of the 32-bit targets: ptr8 and ptr16 load unsigned, ptr32 loads signed. A value
that does not fit raises instead of wrapping in silence, so an overflow is found here. `uint` of a
pointer is its address, to which bytes are added before it is a pointer again; so is a word of a
pack (core/pack.py).
Called by: simulator.shims.install_micropython.
Ref: MicroPython documentation, "Maximising MicroPython speed", the viper code emitter.
"""

import builtins

from simulator.shims import memory


def const(value):
    return value


def _identity(function):
    return function


viper = _identity
native = _identity
bytecode = _identity


def heap_lock():
    """CPython's heap cannot be locked; the VM runs prove that nothing allocates."""


def heap_unlock():
    return 0


def kbd_intr(_char):
    """CPython's Ctrl-C stays as it is."""


class Address:
    """A place within a buffer, in bytes."""

    def __init__(self, view, n_bytes=0):
        self._view = view
        self._n_bytes = n_bytes

    def __add__(self, n_bytes):
        return Address(self._view, self._n_bytes + n_bytes)

    def view(self):
        """The bytes from here on; none behind the end, where a loop may leave its pointer."""
        if self._n_bytes < 0:
            raise IndexError(f"byte {self._n_bytes} of a buffer of {len(self._view)}")
        return self._view[self._n_bytes :]


def ptr8(place):
    return _view(place, "B")


def ptr16(place):
    return _view(place, "H")


def ptr32(place):
    return _view(place, "i")


def _view(place, code):
    if isinstance(place, Address):
        view = place.view()
    elif isinstance(place, int):
        view = memory.view(place)
    else:
        view = memoryview(place)
    return view if view.format == code else view.cast("B").cast(code)


def put_casts_in_builtins():
    """Viper names its casts without importing them, so they must be builtins."""
    for cast in (ptr8, ptr16, ptr32):
        setattr(builtins, cast.__name__, cast)
    builtins.uint = uint


def uint(value):
    """A word without sign, or the address of a pointer."""
    if isinstance(value, Address):
        return value
    if isinstance(value, int):
        return value & 0xFFFFFFFF
    return Address(memoryview(value).cast("B"))
