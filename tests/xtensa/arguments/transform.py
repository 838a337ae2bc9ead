"""Arguments for kernels/transform.py, within the bounds that its docstrings give."""

import cmath

from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import SCRATCH, fields, packed, scratch, table, words

COSINES = [round(4096 * cmath.exp(2j * cmath.pi * i / 256).real) for i in range(128)]
SINES = [round(4096 * cmath.exp(2j * cmath.pi * i / 256).imag) for i in range(128)]
HANN = [round(8192 - 8192 * cmath.exp(2j * cmath.pi * i / 256).real) for i in range(256)]
REVERSED = bytes(int(f"{i:08b}"[::-1], 2) for i in range(256))


_component = words(256, -(2**14), 2**14)  # a component of a transform's input
_result = words(256, -(2**17), 2**17)  # and of its output, with the window before it


def _window(bits):
    """A window as loud as its peak says."""
    most = 2**bits - 1
    row = ((0, 0), (0, 0), (0, 0), (most, most), (-6, 11), (0, 1), (0, 0), (0, 0))
    samples = words(256, -most, most)
    scales = fields(*row, *row)
    out = (scratch(256), scratch(256))
    return st.tuples(*SCRATCH, packed(samples, samples, table(HANN), scales, *out))


ARGUMENTS = {
    "window": st.integers(1, 25).flatmap(_window),
    "fft256": st.tuples(*SCRATCH, packed(_component, _component, table(COSINES), table(SINES))),
    "power": st.tuples(
        *SCRATCH, packed(_result, _result, st.just(REVERSED), scratch(128), scratch(128))
    ),
}
