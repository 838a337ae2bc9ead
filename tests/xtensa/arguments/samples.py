"""Arguments for kernels/samples.py, within the bounds that its docstrings give."""

import cmath

from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import WORD, scratch, table, words

SAMPLE = 2**24
COSINES = [round(4096 * cmath.exp(2j * cmath.pi * i / 256).real) for i in range(128)]
SINES = [round(4096 * cmath.exp(2j * cmath.pi * i / 256).imag) for i in range(128)]
HANN = [round(8192 - 8192 * cmath.exp(2j * cmath.pi * i / 256).real) for i in range(256)]
REVERSED = [int(f"{i:08b}"[::-1], 2) for i in range(256)]

_slots = words(640, -WORD, WORD - 1)
_dc = words(4, -(2**30), 2**30 - 1)
_component = words(256, -(2**14), 2**14)  # a component of a transform's input
_result = words(256, -(2**17), 2**17)  # and of its output, with the window before it


def _energy(shift):
    most = 2**10 << shift
    return st.tuples(words(320, -most, most), st.just(shift))


def _window(shift):
    most = (2**14 << shift if shift > 0 else 2**14 >> -shift) - 1
    return st.tuples(words(256, -most, most), table(HANN), scratch(256), st.just(shift))


ARGUMENTS = {
    "unpack": st.tuples(_slots, scratch(320), scratch(320), _dc),
    "energy": st.integers(0, 15).flatmap(_energy),
    "decimate": st.tuples(words(320, -SAMPLE, SAMPLE), words(262, -SAMPLE, SAMPLE)),
    "shift_for": st.tuples(st.integers(0, 2**25), st.sampled_from((10, 14)), st.integers(-6, 0)),
    "window": st.integers(-6, 11).flatmap(_window),
    "fft256": st.tuples(_component, _component, table(COSINES), table(SINES)),
    "power": st.tuples(_result, _result, table(REVERSED), scratch(128), scratch(128)),
}
