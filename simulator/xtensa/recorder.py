"""Records the calls of kernels, with their real arguments, that the core makes over a recording.

In: slots, 2560 bytes a frame. Out: for each frame the list of emulator.Call, in order.
The core runs on CPython; every name in its modules that means a kernel is replaced for that time.
Called by: tests/xtensa, benches/bench_device.py.
"""

import functools
import sys
from array import array
from contextlib import contextmanager

from simulator.shims import install_micropython, memory
from simulator.xtensa import kernels
from simulator.xtensa.emulator import Call, Pack


def record(slots, names, first, n_frames, step=1):
    """Frames first, first + step ... of the sound in `slots`, n_frames of them."""
    install_micropython()
    from callclip.core.bead import Bead
    from callclip.core.config import Config
    from callclip.core.units import FRAME_BYTES

    wanted = range(first, first + n_frames * step, step)
    frames = []
    with _recording(names) as calls:
        bead = Bead(Config({}))  # within: it looks up the kernels of its meters
        for index in range(wanted[-1] + 1):
            calls.is_on = index in wanted
            bead.frame(slots[index * FRAME_BYTES : (index + 1) * FRAME_BYTES])
            while bead.events.n_waiting:
                bead.events.take()
            if calls.is_on:
                frames.append(calls.take())
    return frames


class _Calls:
    def __init__(self):
        self.is_on = False
        self._calls = []

    def add(self, name, arguments):
        if self.is_on:
            call = Call(name, tuple(_argument(x) for x in arguments))
            copies = {id(x): _copy(x) for x in call.buffers}
            self._calls.append(Call(name, tuple(call.with_buffers(copies, Pack))))

    def take(self):
        calls, self._calls = self._calls, []
        return calls


def _argument(x):
    """A bool as the int that it is, a pack with its buffers."""
    if isinstance(x, int):
        return int(x)
    if memoryview(x).format != "I":
        return x
    found = {word: memory.view(word) for word in x if word >= memory.LEAST_ADDRESS}
    return Pack(found.get(word, word) for word in x)


def _copy(buffer):
    view = memoryview(buffer)
    return bytearray(view) if view.format == "B" else array(view.format, bytes(view))


@contextmanager
def _recording(names):
    """Put a recorder before each kernel wherever the core names it."""
    calls = _Calls()
    recorders = {
        function: _recorder(function, name, calls)
        for name, function in kernels.python_functions(names).items()
    }
    replaced = []
    for module_name, module in list(sys.modules.items()):
        if module_name.startswith("callclip."):
            for key, value in list(vars(module).items()):
                if callable(value) and value in recorders:
                    replaced.append((module, key, value))
                    setattr(module, key, recorders[value])
    try:
        yield calls
    finally:
        for module, key, value in replaced:
            setattr(module, key, value)


def _recorder(function, name, calls):
    @functools.wraps(function)
    def recorded(*arguments):
        calls.add(name, arguments)
        return function(*arguments)

    return recorded
