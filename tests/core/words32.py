"""The viper kernels on CPython with integers that refuse what a 32-bit word cannot hold.

Viper wraps in silence; here every intermediate result is a `Word`, and one that leaves 32 bits
raises, as does a pointer used outside its buffer, or a shift by more than a word is wide. Running
the kernels' own source this way proves their bounds for the sound they are given.
Called by: tests of the kernels' bounds.
"""

import inspect

from simulator.shims import memory
from simulator.shims.micropython import Address, uint

LEAST = -(1 << 31)
MOST = (1 << 31) - 1


class WordError(ArithmeticError):
    """A result that 32 bits cannot hold, or an access that viper would not have checked."""


def _checked(value):
    if LEAST <= value <= MOST:
        return _new(Word, value)
    raise WordError(f"{value} is no 32-bit word")


def _amount(value):
    if 0 <= value < 32:
        return value
    raise WordError(f"shift by {value}")


class Word(int):
    """An int whose arithmetic stays within 32 bits."""

    def __lshift__(self, other):
        return _checked(int(self) << _amount(int(other)))

    def __rlshift__(self, other):
        return _checked(int(other) << _amount(int(self)))

    def __rshift__(self, other):
        return _new(Word, _right(self, _amount(other)))

    def __rrshift__(self, other):
        return _checked(int(other) >> _amount(int(self)))

    def __neg__(self):
        return _checked(-int(self))


_new = int.__new__
_right = int.__rshift__


def _checking(plain):
    """An operator that needs nothing but the check of its result. It runs by the million: int's own
    method, and no call of _checked."""

    def act(self, other):
        value = plain(self, other)
        if LEAST <= value <= MOST:
            return _new(Word, value)
        raise WordError(f"{value} is no 32-bit word")

    return act


for _name in ("add", "sub", "mul", "floordiv", "mod", "and", "or", "xor"):
    for _method in (f"__{_name}__", f"__r{_name}__"):
        setattr(Word, _method, _checking(getattr(int, _method)))


class Pointer:
    """A view on a buffer: loads give Words, stores and indices are checked."""

    def __init__(self, buffer, code):
        if isinstance(buffer, Pointer):
            buffer = buffer.view
        if isinstance(buffer, int):
            view = memory.view(int(buffer))
        else:
            view = buffer.view() if isinstance(buffer, Address) else memoryview(buffer)
        self.view = view if view.format == code else view.cast("B").cast(code)

    def _no_place(self, index):
        return WordError(f"index {index} of a buffer of {len(self.view)}")

    def __getitem__(self, index):
        if index < 0:
            raise self._no_place(index)
        try:
            return _new(Word, self.view[index])
        except IndexError:
            raise self._no_place(index) from None

    def __setitem__(self, index, value):
        if not LEAST <= value <= MOST:
            raise WordError(f"{value} is no 32-bit word")
        if index < 0:
            raise self._no_place(index)
        try:
            self.view[index] = value
        except IndexError:
            raise self._no_place(index) from None


CASTS = {
    "ptr8": lambda buffer: Pointer(buffer, "B"),
    "ptr16": lambda buffer: Pointer(buffer, "H"),
    "ptr32": lambda buffer: Pointer(buffer, "i"),
    "uint": lambda value: uint(value.view if isinstance(value, Pointer) else value),
}


def checked_kernels(module):
    """{name: function} of a kernel module, compiled anew on Words and Pointers."""
    place = dict(CASTS, __name__=module.__name__)
    exec(compile(inspect.getsource(module), module.__file__, "exec"), place)
    return {
        name: _with_words(place[name])
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    }


def _with_words(function):
    def on_words(*arguments):
        words = [_checked(x) if isinstance(x, int) else x for x in arguments]
        result = function(*words)
        return int(result) if isinstance(result, int) else result

    return on_words
