"""MicroPython's `micropython` module for CPython: the same kernels run, checked, at Python's speed.

Viper and native code become plain functions. A pointer cast becomes a view on the same memory with
the width and sign of the 32-bit targets: ptr8 and ptr16 load unsigned, ptr32 loads signed. A value
that does not fit raises instead of wrapping in silence, so an overflow is found here.
Called by: simulator.shims.install_micropython.
Ref: MicroPython documentation, "Maximising MicroPython speed", the viper code emitter.
"""

import builtins


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


def ptr8(buffer):
    return _view(buffer, "B")


def ptr16(buffer):
    return _view(buffer, "H")


def ptr32(buffer):
    return _view(buffer, "i")


def _view(buffer, code):
    view = memoryview(buffer)
    return view if view.format == code else view.cast("B").cast(code)


def put_casts_in_builtins():
    """Viper names its casts without importing them, so they must be builtins."""
    for cast in (ptr8, ptr16, ptr32):
        setattr(builtins, cast.__name__, cast)
    builtins.uint = _uint32


def _uint32(value):
    return value & 0xFFFFFFFF
