"""Arguments for kernels/net.py, within the bounds that its docstrings give."""

from array import array

from callclip.core.net import N_UNITS
from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import scratch, words

MOST = 32767
inputs = words(N_UNITS, -1250, MOST)
units = words(N_UNITS, 0, MOST)
sums = words(N_UNITS, -(2**29), 2**29)
biases = words(N_UNITS, -(2**22), 2**22)
weights = words(N_UNITS * N_UNITS, 0, 255, code="B")
shift = st.integers(4, 12)
n_units = st.just(N_UNITS)
rows = st.permutations((0, N_UNITS, 2 * N_UNITS)).map(lambda starts: array("i", starts))

ARGUMENTS = {
    "dense36": st.tuples(inputs, st.just(0), weights, sums, st.integers(1, N_UNITS)),
    "finish": st.tuples(
        sums, biases, shift, units, st.sampled_from((0, -32768)), n_units, scratch(N_UNITS)
    ),
    "taps": st.tuples(
        units,
        n_units,
        words(3 * N_UNITS, 0, MOST, code="H"),
        rows,
        words(3 * N_UNITS, 0, 255, code="B"),
        biases,
        shift,
        scratch(N_UNITS),
    ),
}
